// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ChromaAdapter

@Test func smoke() throws {
    for store in ["s15", "s05", "f15", "f05", "l15"] {
        let contents = try StoreReader.read("/tmp/cv/\(store)", prefix: "chroma/", interruption: nil)
        print(store, contents.layout.family, contents.problems)
        for c in contents.collections { print("  ", c.name, c.count, c.pending, c.digest.prefix(8)) }
    }
}
