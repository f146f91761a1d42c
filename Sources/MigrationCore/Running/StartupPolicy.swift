// SPDX-License-Identifier: Apache-2.0

/// What an application does about migrations when it starts, as its environment says.
///
/// Whichever of the two is switched on, the application also refuses a database of a newer build that it is not declared
/// compatible with, see ``SchemaTooNewError``.
public struct StartupPolicy: Hashable, Sendable {
    /// The variable that lets an application apply migrations when it starts.
    public static let runVariable = "RUN_DB_MIGRATIONS_ON_START"
    /// The variable that keeps an application from starting on an old schema.
    public static let requireVariable = "REQUIRE_LATEST_SCHEMA"

    /// Apply what is pending before the application serves.
    public var appliesMigrations: Bool
    /// Refuse to start while something is pending, drifted or missing.
    public var requiresLatestSchema: Bool

    /// Makes a policy; by default nothing is changed and nothing is required.
    public init(appliesMigrations: Bool = false, requiresLatestSchema: Bool = false) {
        self.appliesMigrations = appliesMigrations
        self.requiresLatestSchema = requiresLatestSchema
    }

    /// Reads the policy from an environment.
    ///
    /// `true`, `1`, `yes` and `on` switch on; `false`, `0`, `no`, `off`, an empty value and no value switch off; case does
    /// not matter.
    ///
    /// - Throws: ``InvalidVariable`` for any other value.
    public init(environment: [String: String]) throws(InvalidVariable) {
        appliesMigrations = try Self.flag(Self.runVariable, in: environment)
        requiresLatestSchema = try Self.flag(Self.requireVariable, in: environment)
    }

    private static func flag(
        _ variable: String, in environment: [String: String]
    ) throws(InvalidVariable) -> Bool {
        let value = environment[variable] ?? ""
        switch value.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off", "": return false
        default: throw InvalidVariable(name: variable, value: value)
        }
    }

    /// A variable with a value that is neither a yes nor a no.
    public struct InvalidVariable: Error, Hashable, CustomStringConvertible {
        /// The variable's name.
        public var name: String
        /// The value that was not understood.
        public var value: String

        public var description: String {
            "\(name) is \"\(value)\", which is neither a yes nor a no. Accepted are true, 1, yes, on and false, 0, no, off."
        }
    }
}
