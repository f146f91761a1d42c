// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// Reads data of a module, which tells of each item what it is (`rdbLoadCheckModuleValue` in `src/rdb.c` of Redis).
    mutating func performModule(_ task: Task, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        switch task {
        case .moduleName:
            guard let module = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            note(module)
            valueHash = ContentHash.mix(valueHash, module)
        case .moduleAuxiliary:
            // The module, then when the data is to be loaded, written as an item.
            guard let module = try plainLength(&cursor), try plainLength(&cursor) != nil,
                try plainLength(&cursor) != nil
            else { return false }
            tasks.removeLast()
            note(module)
            tasks.append(.moduleItems)
        default: return try item(&cursor)
        }
        return true
    }

    private mutating func note(_ module: UInt64) {
        summary.needsModules = true
        let name = ModuleType.name(module)
        if summary.moduleTypes.count < 64, !summary.moduleTypes.contains(name) { summary.moduleTypes.append(name) }
    }

    private mutating func item(_ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard let code = try plainLength(&cursor) else { return false }
        switch code {
        case 0: tasks.removeLast()
        case 1, 2:
            guard let number = try plainLength(&cursor) else { return false }
            valueHash = ContentHash.mix(valueHash, number)
        case 3:
            guard let bits = cursor.littleEndian(UInt32.self) else { return false }
            valueHash = ContentHash.mix(valueHash, UInt64(bits))
        case 4:
            guard let bits = cursor.littleEndian(UInt64.self) else { return false }
            valueHash = ContentHash.mix(valueHash, bits)
        case 5: tasks.append(.string(.moduleString))
        default: throw .damaged("data of a module has an item of unknown kind \(code)")
        }
        return true
    }
}
