// SPDX-License-Identifier: Apache-2.0

/// What to do when a set is damaged: a line that names the newest other one that is proven.
struct DamageHint {
    let folder: BackupFolder
    /// The folder of the set that is damaged.
    let damaged: String

    var text: String {
        let others = ((try? folder.contents())?.sets ?? []).filter { $0.folder != damaged && $0.proof != nil }
        guard let set = others.last(where: { $0.metadata.status == .complete }) ?? others.last, let proof = set.proof
        else {
            return
                "hint: no other set there is proven; strata backups lists them, and strata verify-backup SET --restore proves one."
        }
        let level = ([proof.level.description] + proof.limitations).joined(separator: ", ")
        return "hint: \(set.name) is the newest other set there that is proven (\(level)); strata backups lists all."
    }
}

extension BackupSet {
    /// What to do when this set is damaged, in a line.
    package var damageHint: String {
        let parts = folder.split(separator: "/").dropLast()
        return DamageHint(folder: BackupFolder("/\(parts.joined(separator: "/"))"), damaged: folder).text
    }
}
