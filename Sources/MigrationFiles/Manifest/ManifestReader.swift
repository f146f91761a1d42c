// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Reads a manifest, with all problems of its form. Whether it agrees with the folder is ``ManifestComparison``'s matter.
struct ManifestReader {
    /// The entries by file; the first where a file is listed twice.
    private(set) var entries: [String: ManifestEntry] = [:]
    private(set) var problems: [MigrationFileProblem] = []
    /// Whether the entries could be found at all.
    private(set) var isReadable = false
    /// The migrations of the folder by path: a bare number in `depends-on` belongs to the file's component.
    private let files: [String: MigrationID]
    private lazy var builds = BuildReferences(files.values)
    private let requiresChecksums: Bool

    init(_ bytes: [UInt8], files: [String: MigrationID], requiresChecksums: Bool = true) {
        self.files = files
        self.requiresChecksums = requiresChecksums
        do throws(JSONSyntaxError) {
            readTop(try JSONReader.read(bytes))
        } catch {
            report(error.position, "not JSON: \(error.message).")
        }
    }

    private mutating func readTop(_ node: JSONNode) {
        guard let members = members(of: node, called: "the manifest", allowed: ["format", "migrations"]) else { return }
        guard let format = members["format"] else {
            report(node.position, "\"format\" is missing: write \"format\": 1.")
            return
        }
        guard case .number("1") = format.value else {
            report(
                format.position,
                "\"format\" is \(format.kind), but only format 1 is known. A newer strata may have written this.")
            return
        }
        guard let list = members["migrations"] else {
            report(node.position, "\"migrations\" is missing: write \"migrations\": [ … ].")
            return
        }
        guard case .array(let nodes) = list.value else {
            report(list.position, "\"migrations\" is \(list.kind), but has to be a list.")
            return
        }
        isReadable = true
        nodes.forEach { readEntry($0) }
    }

    private mutating func readEntry(_ node: JSONNode) {
        let keys = ["file", "checksum", "undo-checksum"] + DirectiveName.allCases.map(\.rawValue)
        guard let members = members(of: node, called: "an entry", allowed: keys) else { return }
        guard let fileNode = members["file"], let file = text(fileNode, of: "file") else {
            if members["file"] == nil { report(node.position, "\"file\" is missing in this entry.") }
            return
        }
        if let earlier = entries[file] {
            let line = earlier.file.position.line
            report(fileNode.position, "\(Displayed(file)) is listed a second time, after line \(line). Remove one.")
            return
        }
        var entry = ManifestEntry(file: Stated(value: file, position: fileNode.position))
        if let node = members["checksum"] {
            entry.checksum = checksum(node, of: "checksum")
        } else if requiresChecksums {
            report(node.position, "\"checksum\" of \(Displayed(file)) is missing.")
        }
        entry.undoChecksum = members["undo-checksum"].flatMap { checksum($0, of: "undo-checksum") }
        if let id = files[file] { entry.facts = facts(members, owner: id) }
        entries[file] = entry
    }

    private mutating func facts(_ members: [String: JSONNode], owner: MigrationID) -> DeclaredFacts {
        var facts = DeclaredFacts()
        if let node = members[DirectiveName.dependsOn.rawValue] {
            facts.dependencies = dependencies(node, owner: owner)
        }
        if let node = members[DirectiveName.noTransaction.rawValue] {
            if case .bool(let value) = node.value {
                facts.noTransaction = Stated(value: value, position: node.position)
            } else {
                report(node.position, "\"no-transaction\" is \(node.kind), but has to be true or false.")
            }
        }
        facts.lockTimeout = timeout(members, .lockTimeout)
        facts.statementTimeout = timeout(members, .statementTimeout)
        facts.compatibleWith = oldestBuild(members, owner: owner)
        return facts
    }

    private mutating func oldestBuild(_ members: [String: JSONNode], owner: MigrationID) -> Stated<MigrationID>? {
        let key = DirectiveName.compatibleWith.rawValue
        guard let node = members[key], let text = text(node, of: key) else { return nil }
        do throws(InvalidText) {
            let build = try ReferenceText.oldestBuild(text, after: owner)
            if let fault = builds.fault(in: build, declaredBy: owner) {
                report(node.position, fault)
                return nil
            }
            return Stated(value: build, position: node.position)
        } catch {
            report(node.position, "\"\(key)\": \(error.reason).")
            return nil
        }
    }

    private mutating func dependencies(_ node: JSONNode, owner: MigrationID) -> Stated<Set<MigrationID>>? {
        guard case .array(let nodes) = node.value else {
            report(node.position, "\"depends-on\" is \(node.kind), but has to be a list, for instance [\"core:3\"].")
            return nil
        }
        var result = Stated<Set<MigrationID>>(value: [], position: node.position)
        for item in nodes {
            guard let text = text(item, of: "depends-on") else { continue }
            do throws(InvalidText) {
                result.value.insert(try ReferenceText.dependency(text, of: owner))
            } catch {
                report(item.position, "\(error.reason).")
            }
        }
        return result
    }

    private mutating func timeout(_ members: [String: JSONNode], _ name: DirectiveName) -> Stated<Duration>? {
        guard let node = members[name.rawValue], let text = text(node, of: name.rawValue) else { return nil }
        do throws(InvalidText) {
            return Stated(value: try TimeoutText.parse(text), position: node.position)
        } catch {
            report(node.position, "\"\(name.rawValue)\": \(error.reason).")
            return nil
        }
    }

    private mutating func checksum(_ node: JSONNode, of key: String) -> Stated<Checksum>? {
        guard let text = text(node, of: key) else { return nil }
        guard text.utf8.count == 64, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            let shown = Displayed(text)
            report(node.position, "\"\(key)\" is \"\(shown)\", but has to be 64 hexadecimal digits (SHA-256).")
            return nil
        }
        return Stated(value: Checksum(recorded: text), position: node.position)
    }

    private mutating func text(_ node: JSONNode, of key: String) -> String? {
        guard case .string(let text) = node.value else {
            report(node.position, "\"\(key)\" holds \(node.kind), but has to be a text in quotes.")
            return nil
        }
        return text
    }

    /// The values of an object by key; unknown and repeated keys are reported.
    private mutating func members(of node: JSONNode, called name: String, allowed: [String]) -> [String: JSONNode]? {
        guard case .object(let members) = node.value else {
            report(node.position, "\(name) is \(node.kind), but has to be an object.")
            return nil
        }
        var result: [String: JSONNode] = [:]
        for member in members {
            if !allowed.contains(member.key) {
                let question = NearestWord.find(member.key, among: allowed).map { "; did you mean \($0)?" } ?? "."
                let list = allowed.joined(separator: ", ")
                report(member.position, "unknown key \"\(Displayed(member.key))\"\(question) There are: \(list).")
            } else if result.updateValue(member.node, forKey: member.key) != nil {
                report(member.position, "the key \"\(member.key)\" is repeated. Remove one of the two.")
            }
        }
        return result
    }

    private mutating func report(_ position: TextPosition, _ message: String) {
        problems.append(MigrationFileProblem(.invalidManifest, MigrationManifest.fileName, at: position, message))
    }
}
