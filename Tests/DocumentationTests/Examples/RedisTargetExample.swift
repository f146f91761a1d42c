// SPDX-License-Identifier: Apache-2.0

import RedisAdapter

/// What is saved, proven and restored as a store of a backup set; `nil` when no variable names a server.
func redisTarget(_ environment: [String: String]) throws -> RedisBackupTarget? {
    try RedisConfiguration.find(in: environment).map { RedisBackupTarget($0) }
}
