// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// References to migrations, as directives and the manifest write them.
enum ReferenceText {
    /// Reads `COMPONENT:VERSION`, or `VERSION` alone, which is one of the file's own component.
    static func parse(_ text: some StringProtocol, from owner: MigrationID) throws(InvalidText) -> MigrationID {
        guard !text.isEmpty else { throw InvalidText("a migration is missing here: write COMPONENT:VERSION") }
        guard let id = MigrationID(text, defaultComponent: owner.component) else {
            let hint = text.contains { $0.isWhitespace } ? "; separate several with commas" : ""
            throw InvalidText(
                """
                "\(Displayed(text))" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION \
                alone for component \(owner.component)\(hint)
                """)
        }
        if let fault = ComponentName.fault(in: id.component.name) {
            throw InvalidText("\"\(Displayed(text))\" names no component: \"\(Displayed(id.component.name))\" \(fault)")
        }
        guard id != owner else {
            throw InvalidText("this migration is \(id) itself, and cannot depend on itself; remove the reference")
        }
        return id
    }
}
