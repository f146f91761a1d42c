// SPDX-License-Identifier: Apache-2.0

import ChromaAdapter

func chromaTarget(_ environment: [String: String]) throws -> ChromaBackupTarget? {
    try ChromaConfiguration.find(in: environment).map { configuration in
        ChromaBackupTarget(configuration, options: .init(longestHold: .seconds(5)))
    }
}
