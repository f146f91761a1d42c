// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct ChecksumTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `a checksum is SHA-256 in lower-case hexadecimal`(text: String, digits: String) {
        #expect(Checksum(of: Array(text.utf8)).hexadecimal == digits)
        #expect(Checksum(of: Array(text.utf8)).description == digits)
    }

    @Test func `letter case and surrounding blanks of a recorded checksum do not matter`() {
        let checksum = Checksum(of: Array("abc".utf8))
        #expect(Checksum(recorded: " \t\(checksum.hexadecimal.uppercased())\r\n") == checksum)
    }

    @Test(arguments: ["", "900150983cd24fb0d6963f7d28e17f72", "manual", "x y"])
    func `a recorded text that is no checksum equals no file's`(text: String) {
        #expect(Checksum(recorded: text) != Checksum(of: Array("abc".utf8)))
        #expect(Checksum(recorded: text).hexadecimal == text)
    }

    @Test func `a checksum with something behind it is not the checksum`() {
        let checksum = Checksum(of: Array("abc".utf8))
        #expect(Checksum(recorded: "\(checksum) 0001_a.sql") != checksum)
    }

    @Test(arguments: [
        ("a\nb\n", "a\nb\n"), ("a\nb\n", "a\r\nb\r\n"), ("a\r\nb\r\n", "a\nb\n"), ("a\nb", "\u{FEFF}a\nb"),
        ("\u{FEFF}a\nb", "a\nb"), ("\u{FEFF}a\r\nb", "a\nb"), ("a\nb", "\u{FEFF}a\r\nb"), ("a\nb", "a\r\nb"),
        ("a\r\nb\r\n", "a\nb\r\n"), ("", "\u{FEFF}"),
    ])
    func `the same text with other line endings or another mark is recognised`(recorded: String, now: String) throws {
        let checksum = Checksum(of: Array(recorded.utf8))
        #expect(try Checksum.differsOnlyInLineEndings(recorded: checksum, script: MigrationScript(now)))
    }

    @Test(arguments: [
        ("a\nb\n", "a\nb"), ("a\nb", "a\n\nb"), ("a\nb", "a b"), ("a\nb", "a\rb"), ("a\nb", "A\nb"),
        ("a\nb", "a \nb"), ("a\r\nb\n", "a\nb\n"), ("", "\n"),
    ])
    func `another text is not`(recorded: String, now: String) throws {
        let checksum = Checksum(of: Array(recorded.utf8))
        #expect(try !Checksum.differsOnlyInLineEndings(recorded: checksum, script: MigrationScript(now)))
    }
}
