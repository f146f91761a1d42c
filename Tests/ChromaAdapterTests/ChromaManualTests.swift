// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ChromaAdapter

struct ChromaManualTests {
    @Test(
        "the commands name the store that was saved, whatever it is called, as a shell reads it",
        arguments: [
            ("/srv/chroma", "/srv/chroma"), ("/srv/my store", "'/srv/my store'"), ("/srv/it's", #"'/srv/it'\''s'"#),
            ("/srv/größe", "'/srv/größe'"), ("/srv/a`id`", "data/chroma"), ("/srv/a\nb", "data/chroma"),
        ])
    func names(store: String, word: String) {
        let text = ChromaManual(family: .one, store: store).text
        #expect(text.contains("`cp -r chroma \(word)`"))
        #expect(text.contains("`chroma run --path \(word)`"))
    }

    @Test("a ChromaDB of the same line is installed, because only that leaves the set's layout as it is")
    func version() {
        #expect(ChromaManual(family: .one, store: "/a").text.contains("`pip install 'chromadb==1.*'`"))
        #expect(ChromaManual(family: .zero, store: "/a").text.contains("`pip install 'chromadb==0.5.*'`"))
    }
}
