// SPDX-License-Identifier: Apache-2.0

package import PostgresAdapter
package import ThrowawayPostgres

extension ThrowawayPostgres.Options {
    /// How tests make servers: on a machine with much to do, `initdb` alone can take minutes.
    package static var forTests: ThrowawayPostgres.Options {
        var options = ThrowawayPostgres.Options()
        options.startTimeout = .seconds(1800)
        return options
    }
}

extension PostgresConfiguration {
    /// How tests connect to a server that is there, however long it takes.
    package static func patient(_ parameters: [String: String]) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(parameters: parameters)
        configuration.connectTimeout = .seconds(600)
        return configuration
    }
}
