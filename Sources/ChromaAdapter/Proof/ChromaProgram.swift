// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A Python that has ChromaDB.
struct ChromaProgram: Hashable, Sendable {
    /// The path of the Python.
    var python: String
    /// The version of ChromaDB: `1.5.9`.
    var version: String

    var family: ChromaLayout.Family { version.hasPrefix("0.") ? .zero : .one }

    /// Only the Python's own packages, and nothing that its user has set up; nothing is written beside them.
    static let isolated = ["-I", "-B"]

    /// Finds the ones of this machine: those of the folder when one is given, else those in `PATH`.
    ///
    /// - Parameter folder: The folder of `chroma` or `python3`, a virtual environment's `bin` for example.
    /// - Returns: Those, and a phrase for each Python that does not run.
    /// - Throws: When the folder that is given has none.
    static func find(
        in folder: String?, launcher: any ProcessLauncher
    ) async throws -> (programs: [ChromaProgram], broken: [String]) {
        var candidates: [String] = []
        for name in ["chroma", "python3", "python"] {
            guard let path = launcher.find(name, in: folder.map { [$0] } ?? []) else { continue }
            if let folder, path != "\(folder)/\(name)" { continue }
            let python = name == "chroma" ? interpreter(of: path) : path
            if let python, !candidates.contains(python) { candidates.append(python) }
        }
        var programs: [ChromaProgram] = []
        var broken: [String] = []
        for python in candidates {
            switch try await look(at: python, launcher) {
            case .version(let version): programs.append(.init(python: python, version: version))
            case .withoutChroma: break
            case .broken(let account): broken.append("\(python) does not run (\(account))")
            }
        }
        if let folder, programs.isEmpty {
            let account = broken.isEmpty ? "neither a chroma nor a Python that has it" : broken.joined(separator: "; ")
            throw ChromaBackupError(
                .configuration,
                "there is no ChromaDB in \(folder): \(account). Name the folder of its programs, a virtual environment's bin."
            )
        }
        return (programs, broken)
    }

    /// The Python that a script is run with: its first line names it.
    private static func interpreter(of script: String) -> String? {
        guard var file = (try? OpenFile.read(Folders.resolved(script) ?? script)).map({ BufferedFile($0) }) else {
            return nil
        }
        var line: [UInt8] = []
        while line.count < 1024, let byte = try? file.next(), byte != 0x0a { line.append(byte) }
        guard line.starts(with: Array("#!/".utf8)) else { return nil }
        return String(decoding: line.dropFirst(2), as: UTF8.self).split(separator: " ").first.map(String.init)
    }

    private enum Look {
        case version(String), withoutChroma
        case broken(String)
    }

    private static func look(at python: String, _ launcher: any ProcessLauncher) async throws -> Look {
        let output = LineSink()
        let script = """
            import importlib.metadata as m
            try: print(m.version("chromadb"))
            except m.PackageNotFoundError: print("-")
            """
        do {
            let command = ProcessCommand(program: python, arguments: isolated + ["-c", script])
            let end = try await launcher.run(command, output: output) { _ in }
            try Task.checkCancellation()
            guard end.isSuccess, let version = output.lines.first else { return .broken("\(end)") }
            return version == "-" ? .withoutChroma : .version(version)
        } catch {
            try Task.checkCancellation()
            return .broken("\(error)")
        }
    }
}
