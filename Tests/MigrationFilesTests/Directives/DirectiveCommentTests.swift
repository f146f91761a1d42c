// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct DirectiveCommentTests {
    @Test(arguments: ["strata: x", " strata", "\t strata:", "STRATA: x", " Strata things", "strataX"])
    func `A comment that begins with our name may be a directive`(text: String) {
        let comment = DirectiveComment(bytes: Array(text.utf8), position: .start)
        #expect(comment?.text == text)
    }

    @Test(arguments: ["", " ", "strat", "s trata:", "-strata:", "\u{A0}strata:", "# strata:", "our strata:", "ſtrata:"])
    func `Any other comment is none`(text: String) {
        #expect(DirectiveComment(bytes: Array(text.utf8), position: .start) == nil)
    }
}
