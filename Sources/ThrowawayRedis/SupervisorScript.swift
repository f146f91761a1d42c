// SPDX-License-Identifier: Apache-2.0

/// The program of the shell that looks after the server: it starts it, waits for the end of either, and removes the folder.
///
/// A shell, because the owner can be killed at any moment and something else has to be left that cleans up.
enum SupervisorScript {
    static let text = #"""
        # Ctrl-C in the terminal is no reason to leave a server behind.
        trap '' HUP INT QUIT PIPE
        umask 077
        folder=$1 program=$2

        stop() {
            kill -s TERM "$server"
            tries=0
            # A server that saves at its end is let do it, on a slow machine as well.
            while [ "$tries" -lt 1200 ] && kill -0 "$server"; do
                tries=$((tries + 1))
                sleep 0.1
            done
            kill -s KILL "$server"
        }

        # First for reading and writing, which waits for nobody: the owner may have been killed already.
        exec 9<>"$folder/life" 8<"$folder/life" 9>&-
        "$program" "$folder/redis.conf" 8<&- </dev/null &
        server=$!
        # Ends when the owner lets go, or is gone.
        { read -r line <&8; stop; } >/dev/null 2>&1 &
        watcher=$!
        exec 8<&-
        trap 'stop >/dev/null 2>&1' TERM
        wait "$server"
        status=$?
        while kill -0 "$server" 2>/dev/null; do wait "$server"; done
        kill -s KILL "$watcher" 2>/dev/null
        tries=0
        until rm -rf "$folder" && [ ! -e "$folder" ] || [ "$tries" -ge 50 ]; do
            tries=$((tries + 1))
            sleep 0.1
        done
        exit "$status"
        """#
}
