// SPDX-License-Identifier: Apache-2.0

/// What a restore needs of the machine or the server beside the dump, told from what the server says when it is not there.
enum MissingThing: CaseIterable {
    case role
    case collation
    case library
    case preloading
    case foreignServer
    case right

    init?(_ reason: String) {
        guard let thing = Self.allCases.first(where: { $0.isMeant(reason) }) else { return nil }
        self = thing
    }

    /// The words of PostgreSQL's messages: all of those of a line must be there.
    private var signs: [[String]] {
        switch self {
        case .role: [["role \"", "\" does not exist"], ["tablespace \"", "\" does not exist"]]
        case .collation:
            [
                ["collation \"", "\" does not exist"], ["could not create locale"], ["could not open collator"],
                ["ICU is not supported"], ["invalid locale"], ["invalid value for parameter \"lc_"],
            ]
        case .library:
            [
                ["could not access file \""], ["could not load library \""], ["could not find function \"", "in file"],
                ["extension control file"], ["extension \"", "is not available"], ["has no installation script"],
                ["could not open dictionary file"], ["could not open stop-word file"], ["could not open affix file"],
                ["could not open thesaurus file"], ["could not open synonym file"],
            ]
        case .preloading: [["shared_preload_libraries"], ["can only create extension in database"]]
        case .foreignServer:
            [
                ["foreign-data wrapper \"", "has no handler"], ["could not connect to server \""],
                ["could not establish connection"],
            ]
        case .right:
            [
                ["must be superuser"], ["must be a superuser"], ["must be member of role"],
                ["must be able to SET ROLE"],
                ["permission denied"], ["ERROR:  Permission denied to"],
            ]
        }
    }

    private func isMeant(_ reason: String) -> Bool {
        signs.contains { words in words.allSatisfy { reason.contains($0) } }
    }

    /// What to do, a sentence.
    var advice: String {
        switch self {
        case .role: "Prove a set that has its roles (globals), or make it again with this version, which notes them"
        case .collation:
            "Make that locale on this machine (Debian, Ubuntu: locale-gen), or prove the set on one that has it"
        case .library: "Install the extension or the files that it needs for the PostgreSQL of this machine"
        case .preloading: "The extension has to be loaded when a server starts, which a throw-away server does not do"
        case .foreignServer: "It reads from another server, and none is asked for a proof"
        case .right: "The roles of the set do not have the rights here that they had there"
        }
    }
}
