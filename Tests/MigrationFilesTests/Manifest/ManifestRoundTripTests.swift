// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

/// What is written as a manifest is read back as it was.
@Suite struct ManifestRoundTripTests {
    @Test(arguments: 1...10)
    func `Any manifest that is written is read back as it was`(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed))
        let names = ["x", "größe", "a b", "quo\"te", "back\\slash", "tab\tname", "日本", "e\u{301}"]
        let components: [Component] = [.core, .seed, "billing", "a.b-c"]
        var entries: [MigrationManifest.Entry] = []
        var files: [String: MigrationID] = [:]
        for version in 1...20 as ClosedRange<UInt64> {
            let component = components.randomElement(using: &generator) ?? .core
            let path = "\(component)/\(version)_\(names.randomElement(using: &generator) ?? "x").sql"
            files[path] = MigrationID(component: component, version: MigrationVersion(version))
            let dependencies = Set(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    MigrationID(
                        component: components.randomElement(using: &generator) ?? .core,
                        version: MigrationVersion(UInt64.random(in: 100...UInt64.max, using: &generator)))
                })
            let bytes = Array(path.utf8)
            entries.append(
                MigrationManifest.Entry(
                    file: path, checksum: Checksum(of: bytes),
                    undoChecksum: Bool.random(using: &generator) ? Checksum(of: bytes + [0]) : nil,
                    dependencies: dependencies.sorted(),
                    directives: Migration.Directives(
                        noTransaction: Bool.random(using: &generator),
                        lockTimeout: .milliseconds(Int.random(in: 1...Int(Int32.max), using: &generator)),
                        statementTimeout: Bool.random(using: &generator)
                            ? nil : .seconds(60 * Int.random(in: 0...99, using: &generator)),
                        compatibleWith: files.values.filter { $0.component != component }.randomElement(
                            using: &generator))))
        }
        let reader = ManifestReader(Array(MigrationManifest(migrations: entries).json.utf8), files: files)
        #expect(reader.problems.isEmpty)
        #expect(reader.entries.count == entries.count)
        for entry in entries {
            let read = try #require(reader.entries[entry.file])
            #expect(read.checksum?.value == entry.checksum)
            #expect(read.undoChecksum?.value == entry.undoChecksum)
            #expect((read.facts.dependencies?.value ?? []) == Set(entry.dependencies))
            #expect(read.facts.directives == entry.directives)
        }
    }
}
