// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// Starts programs, and lets the one of a number go wrong.
private final class FaultyLauncher: ProcessLauncher {
    enum Fault: CaseIterable, Sendable {
        case notStarted
        /// Half of its output comes, then it is killed.
        case killed
        /// All of its output comes, and it says that it failed.
        case failed
        /// Half of its output comes, and it says that all is well.
        case cutInSilence
    }

    private let system = SubprocessLauncher()
    private let fault: (call: Int, kind: Fault)?
    private let count = Mutex(0)

    init(_ fault: (call: Int, kind: Fault)? = nil) { self.fault = fault }

    /// How many programs were started.
    var calls: Int { count.withLock(\.self) }

    func find(_ program: String, in folders: [String]) -> String? { system.find(program, in: folders) }

    func run(
        _ command: ProcessCommand, input: (any ByteSource)?, output: (any ByteSink)?,
        message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard let fault, fault.call == number else {
            return try await system.run(command, input: input, output: output, message: message)
        }
        if fault.kind == .notStarted { throw BackupKitError(.configuration, "\(command.program) cannot be started") }
        let whole = WholeOutput()
        let end = try await system.run(command, input: input, output: whole, message: message)
        let bytes = whole.bytes
        let part = fault.kind == .failed ? bytes : Array(bytes.prefix(bytes.count / 2))
        if !part.isEmpty { try await output?.write(part) }
        switch fault.kind {
        case .killed: return .signaled(9)
        case .failed: return .exited(1)
        default: return end
        }
    }

    private final class WholeOutput: ByteSink {
        private let all = Mutex<[UInt8]>([])
        var bytes: [UInt8] { all.withLock(\.self) }
        func write(_ bytes: [UInt8]) async throws { all.withLock { $0 += bytes } }
    }
}

@Suite struct ProcessFaultTests {
    @Test(arguments: [PostgresBackupTarget.Compression.automatic, .zstd()])
    func `whatever a program does, no set is published that cannot be proven`(
        compression: PostgresBackupTarget.Compression
    ) async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 500) n")
            let folder = "/tmp/strata-faults-\(UInt64.random(in: 0 ... .max))"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func backUp(_ launcher: FaultyLauncher) async throws -> BackupSet {
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: launcher,
                    options: .init(programs: database.server.binaries.folder, digest: true, compression: compression))
                return try await BackupRunner(
                    folder: BackupFolder(folder), targets: [target], options: .init(strataVersion: "1.2.3")
                ).run()
            }
            let verifier = SetVerifier(
                verifiers: [PostgresArtifactVerifier(launcher: SubprocessLauncher(), servers: TestProvingServers())],
                strataVersion: "1.2.3")
            let counting = FaultyLauncher()
            let undisturbed = try await backUp(counting)
            #expect(try await verifier.verify(undisturbed, upTo: .restored).isDamaged == false)
            let total = counting.calls
            #expect(total >= 3)
            var published = 0
            for call in 1...total {
                for fault in FaultyLauncher.Fault.allCases {
                    let before = try BackupFolder(folder).contents().sets.count
                    do {
                        let set = try await backUp(FaultyLauncher((call, fault)))
                        published += 1
                        let report = try await verifier.verify(set, upTo: .restored)
                        #expect(!report.isDamaged, "\(fault) at call \(call) of \(total): \(report)")
                    } catch is BackupRunError {
                        let contents = try BackupFolder(folder).contents()
                        #expect(contents.sets.count == before && contents.unfinished.isEmpty)
                    }
                }
            }
            print(
                "faults of programs: \(total * FaultyLauncher.Fault.allCases.count), \(published) of them did no harm")
            #expect(published < total * FaultyLauncher.Fault.allCases.count)
            try await #expect(backUp(FaultyLauncher()).metadata.status == .complete)
        }
    }
}
