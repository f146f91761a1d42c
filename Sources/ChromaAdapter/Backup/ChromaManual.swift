// SPDX-License-Identifier: Apache-2.0

/// How a set's folder is restored with ChromaDB alone, for the set's `RESTORE.md`.
struct ChromaManual: Sendable {
    let family: ChromaLayout.Family
    /// The folder of the store that was saved, from the root on.
    let store: String

    var text: String {
        let (store, before) = (Self.quoted(store), Self.quoted("\(store)_before"))
        return """
            `\(ChromaDetails.folder)/` is a folder of ChromaDB \(family == .zero ? "0.5 (1.x opens it, too, and converts it for good)" : "1.x").

            1. Where there is no ChromaDB, install it in a virtual environment: `pip install 'chromadb==\(family == .zero ? "0.5" : "1").*'`
            2. Stop ChromaDB's server. It keeps its files open: what is replaced under it is lost.
            3. Move its folder aside: `mv \(store) \(before)`
            4. Copy, and never move, the set's folder: `cp -r \(ChromaDetails.folder) \(store)`
            5. Let the files belong to the account of the server: `chown -R chroma: \(store)`
            6. Start the server: `chroma run --path \(store)`

            Never start a server on the set's own folder: it would change it.
            """
    }

    /// A word of the shell that can stand in a line of Markdown; of names that cannot, the usual one instead.
    private static func quoted(_ path: String) -> String {
        let bytes = path.utf8
        if bytes.allSatisfy({ isPlain($0) }) { return path }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "`") && $0 != 0x7f }) else {
            return path.hasSuffix("_before") ? "data/chroma_before" : "data/chroma"
        }
        return
            "'\(String(decoding: bytes.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] }, as: UTF8.self))'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._-/".utf8.contains(byte)
        }
    }
}
