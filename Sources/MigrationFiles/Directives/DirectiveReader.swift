// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Understands the directives of one script.
struct DirectiveReader {
    /// What the script declares.
    private(set) var facts = DeclaredFacts()
    private(set) var problems: [MigrationFileProblem] = []
    private let path: String
    private let id: MigrationID

    init(_ comments: [DirectiveComment], path: String, id: MigrationID) {
        self.path = path
        self.id = id
        for comment in comments { read(comment) }
    }

    private mutating func read(_ comment: DirectiveComment) {
        var line = PositionedText(comment.text, at: comment.position).trimmed
        line = line.dropping(DirectiveComment.marker.count)
        let hasColon = line.trimmed.text.first == ":"
        let start = hasColon ? line.trimmed.dropping(1) : line
        // A comment may well begin with our name; it is a directive with the colon forgotten if one of the words follows.
        let (word, argument) = start.trimmed.splitWord()
        let name = DirectiveName(rawValue: String(word.text))
        guard hasColon else {
            if name != nil, start.text.first.map({ $0 == " " || $0 == "\t" }) == true {
                report(.invalidDirective, line, "the colon is missing: write \"-- strata: \(word.text)\"")
            }
            return
        }
        guard let name else {
            reportUnknown(word)
            return
        }
        if name != .dependsOn, let earlier = facts[position: name] {
            report(
                .invalidDirective, word,
                "\(name.rawValue) is stated a second time, after line \(earlier.line). Remove one of the two.")
            return
        }
        do throws(InvalidText) {
            try take(name, word, argument)
        } catch {
            report(.invalidDirective, argument, error.reason)
        }
    }

    private mutating func take(
        _ name: DirectiveName, _ word: PositionedText, _ argument: PositionedText
    ) throws(InvalidText) {
        if name == .noTransaction {
            guard argument.text.isEmpty else {
                throw InvalidText("no-transaction takes no value; remove \"\(Displayed(argument.text))\"")
            }
            facts.noTransaction = Stated(value: true, position: word.position)
            return
        }
        guard !argument.text.isEmpty else {
            throw InvalidText("\(name.rawValue) has no value: write, for instance, \"-- strata: \(name.example)\"")
        }
        switch name {
        case .dependsOn: takeDependencies(argument)
        case .noTransaction: break
        case .lockTimeout:
            facts.lockTimeout = Stated(value: try TimeoutText.parse(argument.text), position: argument.position)
        case .statementTimeout:
            facts.statementTimeout = Stated(value: try TimeoutText.parse(argument.text), position: argument.position)
        case .compatibleWith:
            facts.compatibleWith = Stated(
                value: try ReferenceText.oldestBuild(argument.text, after: id), position: argument.position)
        }
    }

    private mutating func takeDependencies(_ list: PositionedText) {
        for item in list.split(separator: ",") {
            do throws(InvalidText) {
                let dependency = try ReferenceText.dependency(item.text, of: id)
                let position = facts.dependencies?.position ?? item.position
                let others = facts.dependencies?.value ?? []
                facts.dependencies = Stated(value: others.union([dependency]), position: position)
            } catch {
                report(.invalidDirective, item, error.reason)
            }
        }
    }

    private mutating func reportUnknown(_ word: PositionedText) {
        guard !word.text.isEmpty else {
            report(.unknownDirective, word, "the directive is missing. There are: \(DirectiveName.list).")
            return
        }
        let nearest = NearestWord.find(String(word.text), among: DirectiveName.allCases.map(\.rawValue))
        let question = nearest.map { "; did you mean \($0)?" } ?? "."
        report(
            .unknownDirective, word,
            "unknown directive \"\(Displayed(word.text))\"\(question) There are: \(DirectiveName.list).")
    }

    private mutating func report(_ code: MigrationFileProblem.Code, _ place: PositionedText, _ message: String) {
        let ending = message.hasSuffix(".") ? message : message + "."
        problems.append(MigrationFileProblem(code, path, at: place.position, ending))
    }
}
