// SPDX-License-Identifier: Apache-2.0

/// What a new migration says before anybody has written it.
enum NewFileText {
    /// The text of a new file. It has no statement, and no line of it is a directive.
    static func make(name: String, _ description: String) -> String {
        """
        -- \(name): \(FileDescriptionText.line(for: description))
        --
        -- Runs in one transaction together with its entry in the history; it needs no BEGIN and COMMIT of its own.
        -- Once it is applied, do not change this file: write the next one.
        --
        -- If needed, put one of these before the first statement, without what is left of it:
        --   |  -- strata: depends-on core:3, billing:12
        --   |  -- strata: no-transaction
        --   |  -- strata: lock-timeout 3s
        --   |  -- strata: statement-timeout 10min


        """
    }
}
