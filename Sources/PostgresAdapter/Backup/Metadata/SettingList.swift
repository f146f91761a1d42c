// SPDX-License-Identifier: Apache-2.0

/// The value of a setting that is a list of names, as `pg_db_role_setting` stores it: `"$user", public`.
///
/// It is what somebody wrote, and the server takes much for a name: as a part of a statement it would be executed.
struct SettingList: Hashable, Sendable {
    let names: [String]

    /// - Returns: `nil` for what is no such list (`SplitGUCList` of PostgreSQL).
    init?(_ text: String) {
        var names: [String] = []
        var rest = Array(text.utf8)[...]
        func skipBlanks() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains($0) } }
        repeat {
            skipBlanks()
            guard let name = Self.name(&rest) else { return nil }
            names.append(String(decoding: name, as: UTF8.self))
            skipBlanks()
            guard let next = rest.popFirst() else {
                self.names = names
                return
            }
            guard next == UInt8(ascii: ",") else { return nil }
        } while true
    }

    private static func name(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        guard rest.first == quote else {
            let name = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ",") }
            rest = rest[name.endIndex...]
            return name.isEmpty ? nil : Array(name)
        }
        rest.removeFirst()
        var name: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote {
                guard rest.first == quote else { return name }
                rest.removeFirst()
            }
            name.append(byte)
        }
        return nil
    }
}
