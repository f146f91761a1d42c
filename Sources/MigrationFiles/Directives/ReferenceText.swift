// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// References to migrations, as directives and the manifest write them: `COMPONENT:VERSION`, or `VERSION` alone, which is one
/// of the file's own component.
enum ReferenceText {
    /// Reads a migration that another one depends on.
    static func dependency(_ text: some StringProtocol, of owner: MigrationID) throws(InvalidText) -> MigrationID {
        let hint = text.contains { $0.isWhitespace } ? "; separate several with commas" : ""
        let id = try parse(text, from: owner, hint: hint)
        guard id != owner else {
            throw InvalidText("this migration is \(id) itself, and cannot depend on itself; remove the reference")
        }
        return id
    }

    /// Reads the migration that names the oldest build which can work with the schema.
    static func oldestBuild(_ text: some StringProtocol, after owner: MigrationID) throws(InvalidText) -> MigrationID {
        let isList = text.contains { $0 == "," || $0.isWhitespace }
        return try parse(text, from: owner, hint: isList ? "; a build is named by one migration" : "")
    }

    private static func parse(
        _ text: some StringProtocol, from owner: MigrationID, hint: String
    ) throws(InvalidText) -> MigrationID {
        guard !text.isEmpty else { throw InvalidText("a migration is missing here: write COMPONENT:VERSION") }
        guard let id = MigrationID(text, defaultComponent: owner.component) else {
            throw InvalidText(
                """
                "\(Displayed(text))" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION \
                alone for component \(owner.component)\(hint)
                """)
        }
        if let fault = ComponentName.fault(in: id.component.name) {
            throw InvalidText("\"\(Displayed(text))\" names no component: \"\(Displayed(id.component.name))\" \(fault)")
        }
        return id
    }
}
