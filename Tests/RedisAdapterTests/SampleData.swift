// SPDX-License-Identifier: Apache-2.0

import MigrationCore

@testable import RedisAdapter

/// Data of every type and of every way in which Redis stores it, with expiries, in several databases.
enum SampleData {
    /// Keys of each database, and how many of them have an expiry.
    static let databases: [RDBSummary.Database] = [
        .init(number: 0, keys: 38, expires: 3), .init(number: 3, keys: 2, expires: 1),
        .init(number: 15, keys: 1, expires: 0),
    ]

    static let types: [String: Int64] = ["string": 19, "list": 6, "set": 6, "zset": 3, "hash": 4, "stream": 3]

    static func fill(_ connection: RedisConnection) async throws {
        for script in [strings, lists, sets, pairs, streams, databasesAndExpiries] {
            let reply = try await connection.ask(["EVAL", script, "0"])
            if let error = reply.error { throw RedisBackupError(.store, error) }
        }
        let function = "#!lua name=sample\nredis.register_function('answer', function() return 42 end)"
        let reply = try await connection.ask(["FUNCTION", "LOAD", function])
        if let error = reply.error { throw RedisBackupError(.store, error) }
    }

    private static let strings = #"""
        local numbers = {'0', '-1', '127', '-128', '32767', '-32768', '2147483647', '-2147483648', '9223372036854775807'}
        for i, number in ipairs(numbers) do redis.call('SET', 'number:' .. i, number) end
        redis.call('SET', 'text', 'plain text')
        redis.call('SET', 'not a number', '007')
        redis.call('SET', '', '')
        redis.call('SET', 'repeated', string.rep('ab', 5000))
        local parts = {}
        for i = 1, 40000 do parts[i] = 'line ' .. (i * 7919 % 1013) .. '\r\n' end
        redis.call('SET', 'long', table.concat(parts))
        local bytes = {}
        for i = 0, 255 do bytes[i + 1] = string.char(i) end
        redis.call('SET', table.concat(bytes), table.concat(bytes))
        redis.call('SETBIT', 'bits', 100000, 1)
        for i = 1, 500 do redis.call('PFADD', 'counted', 'visitor ' .. i) end
        """#

    private static let lists = #"""
        redis.call('RPUSH', 'list:short', 'a', '', '12', '-3')
        redis.call('RPUSH', 'list:numbers', '0', '12', '13', '-1', '127', '128', '-128', '4095', '-4096', '4096', '32767', '-32769',
            '8388607', '-8388609', '2147483647', '2147483648', '-9223372036854775808', '9223372036854775807')
        for i = 1, 3000 do redis.call('RPUSH', 'list:many', 'element number ' .. i) end
        redis.call('RPUSH', 'list:lengths', string.rep('x', 63), string.rep('x', 64), string.rep('x', 4095), string.rep('x', 4096))
        redis.call('RPUSH', 'list:huge', 'before', string.rep('0123456789', 20000), 'behind')
        redis.call('RPUSH', 'list:same', 'z', 'z', 'z')
        """#

    private static let sets = #"""
        redis.call('SADD', 'set:small', 1, -2, 300)
        redis.call('SADD', 'set:middle', 1, -70000)
        redis.call('SADD', 'set:large', 1, '-9223372036854775808')
        redis.call('SADD', 'set:text', 'a', 'b', '7')
        for i = 1, 2000 do redis.call('SADD', 'set:many', 'member ' .. i) end
        """#

    private static let pairs = #"""
        redis.call('ZADD', 'zset:short', 1, 'one', -2.5, 'below', '+inf', 'most', '-inf', 'least', 0.1, 'tenth', 1e300, '5')
        for i = 1, 500 do redis.call('ZADD', 'zset:many', i / 3, 'member ' .. i) end
        redis.call('GEOADD', 'zset:places', 13.361389, 38.115556, 'Palermo', 15.087269, 37.502669, 'Catania')
        redis.call('HSET', 'hash:short', 'field', 'value', 'number', '42', 'empty', '')
        for i = 1, 1000 do redis.call('HSET', 'hash:many', 'field ' .. i, 'value ' .. i) end
        redis.call('HSET', 'hash:long', 'field', string.rep('v', 1000))
        redis.call('HSET', 'hash:same', 'a', 'b', 'b', 'a')
        """#

    private static let streams = #"""
        for i = 1, 300 do redis.call('XADD', 'stream:many', '1-' .. i, 'field', 'value ' .. i, 'number', i) end
        redis.call('XDEL', 'stream:many', '1-7', '1-150')
        redis.call('XADD', 'stream:groups', '5-1', 'a', '1')
        redis.call('XADD', 'stream:groups', '5-2', 'b', '2', 'c', '3')
        redis.call('XADD', 'stream:groups', '5-3', 'a', '1')
        redis.call('XGROUP', 'CREATE', 'stream:groups', 'first', '0')
        redis.call('XGROUP', 'CREATE', 'stream:groups', 'second', '$')
        redis.call('XREADGROUP', 'GROUP', 'first', 'anna', 'COUNT', '2', 'STREAMS', 'stream:groups', '>')
        redis.call('XREADGROUP', 'GROUP', 'first', 'bert', 'COUNT', '1', 'STREAMS', 'stream:groups', '>')
        redis.call('XGROUP', 'CREATE', 'stream:empty', 'nobody', '0', 'MKSTREAM')
        """#

    private static let databasesAndExpiries = #"""
        for i, key in ipairs({'text', 'list:short', 'hash:short'}) do redis.call('PEXPIREAT', key, 4102444800000 + i) end
        redis.call('SELECT', 3)
        redis.call('SET', 'text', 'of another database')
        redis.call('SET', 'fleeting', '1', 'PXAT', 4102444800999)
        redis.call('SELECT', 15)
        redis.call('SADD', 'last', 'x')
        redis.call('SELECT', 0)
        """#
}
