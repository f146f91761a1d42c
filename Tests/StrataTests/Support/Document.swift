// SPDX-License-Identifier: Apache-2.0

/// Any document that the program prints with `--json`, with the fields that it has.
struct Document: Decodable {
    struct Entry: Decodable {
        var component: String
        var version: String
        var file: String
        var state: String
        var checksum: String?
        var recorded_checksum: String?
        var takes_part: Bool?
        var compatible_with: String?
        var compatible: Bool?
        var needed_build: String?
        var mode: String?
        var mode_reason: String?
        var milliseconds: Double?
    }

    struct Failure: Decodable {
        var code: String
        var status: Int32
        var message: String
        var failed: Entry?
        /// Commands about sets have none.
        private var givenRefusals: [String]?
        var refusals: [String] { givenRefusals ?? [] }

        enum CodingKeys: String, CodingKey {
            case code, status, message, failed
            case givenRefusals = "refusals"
        }
    }

    struct File: Decodable {
        struct Statement: Decodable {
            var offset: Int
            var length: Int
            var line: Int
            var column: Int
            var kind: String
        }

        var file: String
        var mode: String
        var statements: [Statement]
    }

    struct Step: Decodable {
        var command: String
        var status: Int32
    }

    var migrations: [Entry]?
    var plan: [Entry]?
    var applied: [Entry]?
    var recorded: [Entry]?
    var refusals: [String]?
    var notices: [String]?
    var error: Failure?
    var created: String?
    var files: [File]?
    var statement: Int?
    var answer: String?
    var steps: [Step]?
    var passed: Bool?
}
