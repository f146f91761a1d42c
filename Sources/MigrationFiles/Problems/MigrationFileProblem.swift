// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with the files: where, what, and what to do.
public struct MigrationFileProblem: Error, Hashable, Sendable {
    /// The kind of problem.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The folder does not exist, is no folder, or cannot be listed.
        public static let folderUnavailable = Self(description: "folderUnavailable")
        /// A file cannot be opened or read.
        public static let unreadable = Self(description: "unreadable")
        /// What is named like a file is a folder, a pipe or a device.
        public static let notAFile = Self(description: "notAFile")
        /// A file's name does not fit the form.
        public static let invalidName = Self(description: "invalidName")
        /// A folder with migrations has a name that no component can have.
        public static let invalidComponent = Self(description: "invalidComponent")
        /// Two files are the same version of the same component.
        public static let duplicateVersion = Self(description: "duplicateVersion")
        /// An undo script has no migration.
        public static let undoWithoutMigration = Self(description: "undoWithoutMigration")
        /// A file is not UTF-8, or holds a NUL byte.
        public static let invalidText = Self(description: "invalidText")
        /// A directive is unknown.
        public static let unknownDirective = Self(description: "unknownDirective")
        /// A directive is repeated, lacks its value, or has one that cannot be used.
        public static let invalidDirective = Self(description: "invalidDirective")
        /// The manifest is no JSON, or not in the form of a manifest.
        public static let invalidManifest = Self(description: "invalidManifest")
        /// The manifest and the folder disagree.
        public static let manifestDisagrees = Self(description: "manifestDisagrees")
        /// A new file cannot be created.
        public static let cannotCreate = Self(description: "cannotCreate")
    }

    /// The kind of problem.
    public var code: Code
    /// The file, relative to the folder of the migrations; the folder itself when the problem is with that.
    public var path: String
    /// The line, from 1, where the problem has one.
    public var line: Int?
    /// The column, from 1, counted in characters.
    public var column: Int?
    /// What is wrong and what to do.
    public var message: String

    /// Makes a problem.
    public init(code: Code, path: String, line: Int? = nil, column: Int? = nil, message: String) {
        self.code = code
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    init(_ code: Code, _ path: String, at position: TextPosition? = nil, _ message: String) {
        self.init(code: code, path: path, line: position?.line, column: position?.column, message: message)
    }

    init(_ code: Code, _ path: String, line: Int, _ message: String) {
        self.init(code: code, path: path, line: line, message: message)
    }
}

extension MigrationFileProblem: CustomStringConvertible {
    /// `billing/0002_invoices.sql:3:12: error: …`, as compilers write it and editors understand it.
    public var description: String {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(Displayed(path))\(place): error: \(message)"
    }
}

extension MigrationFileProblem: Comparable {
    /// By file, then by place, then by message.
    public static func < (left: MigrationFileProblem, right: MigrationFileProblem) -> Bool {
        if left.path != right.path { return left.path < right.path }
        return (left.line ?? 0, left.column ?? 0, left.message) < (right.line ?? 0, right.column ?? 0, right.message)
    }
}
