// SPDX-License-Identifier: Apache-2.0

import BackupKit
import PostgresAdapter

func backUp(environment: [String: String], into folder: String) async throws -> BackupSet {
    let target = PostgresBackupTarget(
        try PostgresConfiguration(environment: environment), launcher: SubprocessLauncher(),
        options: .init(digest: true, compression: .zstd()))
    let options = BackupRunner.Options(strataVersion: "1.0")
    return try await BackupRunner(folder: BackupFolder(folder), targets: [target], options: options).run()
}
