// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A Python that has ChromaDB.
struct ChromaProgram: Hashable, Sendable {
    /// The path of the Python.
    var python: String
    /// The version of ChromaDB: `1.5.9`.
    var version: String

    var family: ChromaLayout.Family { version.hasPrefix("0.") ? .zero : .one }

    /// Only the Python's own packages, and nothing that its user has set up.
    static let isolated = "-I"

    /// Finds the ones of this machine: the folder's own when there is one, else those in `PATH`.
    ///
    /// - Parameter folder: The folder of `chroma` or `python3`, a virtual environment's `bin` for example.
    static func find(in folder: String?, launcher: any ProcessLauncher) async throws -> [ChromaProgram] {
        var candidates: [String] = []
        for name in ["chroma", "python3", "python"] {
            guard let path = launcher.find(name, in: folder.map { [$0] } ?? []) else { continue }
            if let folder, path != "\(folder)/\(name)" { continue }
            let python = name == "chroma" ? interpreter(of: path) : path
            if let python, !candidates.contains(python) { candidates.append(python) }
        }
        var programs: [ChromaProgram] = []
        for python in candidates {
            if let version = try await version(python, launcher) {
                programs.append(.init(python: python, version: version))
            }
        }
        return programs
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

    private static func version(_ python: String, _ launcher: any ProcessLauncher) async throws -> String? {
        let output = LineSink()
        let script = "import importlib.metadata as m; print(m.version('chromadb'))"
        let end = try? await launcher.run(
            ProcessCommand(program: python, arguments: [isolated, "-c", script]), output: output
        ) { _ in }
        try Task.checkCancellation()
        guard end?.isSuccess == true else { return nil }
        return output.lines.first
    }
}
