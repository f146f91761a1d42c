// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// A piece of the file that is to be read. A number is how many of them are left.
    enum Task: Sendable {
        case header
        /// Between keys.
        case opcode
        case databaseNumber
        case sizes
        case slot
        case skip(Int)
        case expirySeconds
        case expiryMilliseconds
        case idle
        case checksum
        /// Everything up to the last nine bytes, of a version that is not known.
        case uncounted

        case string(Sink)
        /// Everything of the key was read.
        case keyEnd

        case count(Collection)
        case elements(Collection, UInt64)
        case textScore
        case binaryScore
        case earliestExpiry
        /// The time to live of a field, before it.
        case fieldExpiry
        case container

        case streamTail(version: Int)
        case groupCount(version: Int)
        case groups(version: Int, UInt64)
        case groupHead(version: Int)
        case pending(UInt64)
        case consumerCount(version: Int)
        case consumers(version: Int, UInt64)
        case consumerHead(version: Int)
        case consumerPending(UInt64)
        case groupEnd

        case moduleName
        case moduleAuxiliary
        case moduleItems
    }

    /// What a collection is made of.
    enum Collection: Sendable {
        case list, set, hash, hashWithExpiry, zsetText, zsetBinary, quicklistOfZiplists, quicklist, streamNodes(
            version: Int)
    }

    /// What a string is.
    enum Sink: Sendable, Hashable {
        case auxiliaryName, auxiliaryValue, function
        case key, value, listElement, setElement, first, hashValue, zsetMember
        case packed(Packed)
        case streamNodeKey, groupName, consumerName, moduleString

        /// Whether its bytes are kept.
        var isCaptured: Bool { self == .auxiliaryName || self == .auxiliaryValue }
    }

    /// What is packed in a string.
    enum Packed: Sendable, Hashable {
        case listZiplist, listListpack, setIntset, setListpack, zsetZiplist, zsetListpack, hashZipmap, hashZiplist,
            hashListpack
        case hashListpackWithExpiry, streamNode

        var format: PackedReader.Format {
            switch self {
            case .listZiplist, .zsetZiplist, .hashZiplist: .ziplist
            case .listListpack, .setListpack, .zsetListpack, .hashListpack, .hashListpackWithExpiry, .streamNode:
                .listpack
            case .setIntset: .intset
            case .hashZipmap: .zipmap
            }
        }
    }
}
