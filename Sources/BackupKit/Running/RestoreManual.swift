// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// `RESTORE.md`: how to bring a set back without Strata.
struct RestoreManual {
    static let fileName = "RESTORE.md"

    let name: SetName
    let stores: [BackupRunner.SavedStore]

    var text: String {
        var parts = [
            """
            # Restoring \(name)

            Made at \(name.time). With Strata: `strata verify-backup \(name) --restore`, then `strata restore \(name)`.

            Without it, the tools of each store are enough. First make sure that nothing has changed since, in this folder:

            ```sh
            sha256sum -c \(ChecksumList.fileName)
            ```
            """
        ]
        for saved in stores {
            guard let snapshot = saved.snapshot else {
                parts.append("## \(saved.store)\n\nIt is not in this set: it could not be saved.")
                continue
            }
            let facts = [
                "From \(saved.address)", snapshot.serverVersion.map { "version \($0)" },
                snapshot.takenAt.map { "as it was at \($0)" },
            ]
            let head = facts.compactMap(\.self).joined(separator: ", ") + "."
            parts.append("## \(saved.store)\n\n\(head)\n\n\(snapshot.instructions)")
        }
        return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n\n") + "\n"
    }
}
