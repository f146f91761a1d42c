// SPDX-License-Identifier: Apache-2.0

/// The program of the process that owns the server: it makes the folder, runs `initdb` and `postgres`, obeys the lines on its standard
/// input, and removes everything when that input ends.
///
/// A shell script, because the owner can be killed at any moment and something else has to be left that cleans up; and every system with
/// PostgreSQL on it has a shell. Nothing in it waits for anything but its input, so its end is always noticed at once.
///
/// It writes to its standard output: `ready PID`, `exited` (all processes of the server are gone), `failed STAGE` after any number of
/// `text …`.
enum SupervisorScript {
    static let text = functions + main

    private static let functions = #"""
        # Ctrl-C in the terminal and signals to our group are no reason to leave a server behind.
        trap '' HUP INT QUIT TERM PIPE ALRM USR1 USR2 TSTP TTIN TTOU
        umask 077
        settings=$THROWAWAY_SETTINGS hba=$THROWAWAY_HBA
        unset THROWAWAY_SCRIPT THROWAWAY_SETTINGS THROWAWAY_HBA
        task=$1 folder=$2 bin=$3 port=$4 superuser=$5 encoding=$6 locale=$7 role=$8
        name=${folder##*/} data=$folder/data log=$folder/server.log

        say() { printf '%s\n' "$*"; }

        # The process that becomes the server: its number is the postmaster's.
        serve() {
            trap - HUP INT QUIT TERM PIPE ALRM USR1 USR2 TSTP TTIN TTOU
            if [ ! -e "$folder/configured" ]; then
                "$bin/initdb" -D "$data" -U "$superuser" -E "$encoding" --locale="$locale" -A trust --no-sync \
                    --no-instructions >"$folder/initdb.log" 2>&1 &&
                    printf '\n%s\n' "$settings" >>"$data/postgresql.conf" &&
                    printf '%s\n' "$hba" >"$data/pg_hba.conf" &&
                    true >"$folder/configured" || exit 1
            fi
            [ ! -e "$folder/ending" ] || exit 1
            if [ "$role" = standby ]; then
                true >"$data/standby.signal" || exit 1
            else
                rm -f "$data/standby.signal"
            fi
            exec "$bin/postgres" -D "$data" -k "$folder" -p "$port" -c "cluster_name=$name"
        }

        # Tells when the server accepts connections: it writes so in line 8 of its pid file. A file of an earlier, killed
        # server has another number in line 1.
        announce() {
            while :; do
                number=0 ours=no up=no
                while read -r line; do
                    number=$((number + 1))
                    case $number:$line in
                        "1:$server") ours=yes ;;
                        8:ready) up=yes ;;
                    esac
                done <"$data/postmaster.pid"
                if [ "$ours$up" = yesyes ]; then
                    true >"$folder/ready"
                    say "ready $server"
                    return
                fi
                sleep 0.02 >/dev/null || sleep 1 >/dev/null
            done
        }

        # Every process of initdb and the server holds the fifo open for writing. Its end means that all of them are gone.
        watch() {
            announce &
            announcer=$!
            read -r line <"$folder/alive"
            kill -KILL "$announcer"
            wait "$announcer"
            if [ -e "$folder/ready" ]; then
                true >"$folder/gone"
                say exited
                return
            fi
            stage=initdb file=$folder/initdb.log
            [ ! -e "$folder/configured" ] || stage=server file=$log
            tail -n 40 "$file" | cut -b 1-1000 | sed 's/^/text /'
            true >"$folder/gone"
            say "failed $stage"
        }

        launch() {
            rm -f "$folder/alive" "$folder/ready" "$folder/gone"
            mkfifo "$folder/alive"
            serve </dev/null >>"$log" 2>&1 9>"$folder/alive" &
            server=$!
            watch </dev/null &
            watcher=$!
        }

        # Processes that a killed postmaster or supervisor has left. The folder's random name makes sure that they are ours.
        leftovers() {
            ps -A -ww -o pid= -o args= | while read -r pid arguments; do
                case $arguments in
                    "$bin/initdb -D $data "* | "$bin/postgres -D $data "* | "postgres: $name: "*) say "$pid" ;;
                esac
            done
        }

        # First in a way that lets a server release its memory, and then by force.
        kill_leftovers() {
            tries=0
            while pids=$(leftovers) && [ -n "$pids" ] && [ "$tries" -lt 100 ]; do
                signal=QUIT
                [ "$tries" -lt 50 ] || signal=KILL
                for pid in $pids; do kill -s "$signal" "$pid"; done
                tries=$((tries + 1))
                sleep 0.1
            done
        }

        # An initdb is left to end by itself, which takes less than a second: its helpers cannot release the system's shared
        # memory when they are killed. Repeated, because a signal is lost on a process that is about to become another program.
        insist_on_end() {
            rounds=0
            while [ ! -e "$folder/gone" ]; do
                [ ! -e "$folder/configured" ] || kill -s QUIT "$server"
                rounds=$((rounds + 1))
                if [ "$rounds" -ge 100 ]; then
                    kill -s KILL "$server"
                    kill_leftovers
                fi
                sleep 0.1
            done
        }

        # A server that was killed leaves its pid file, with the number of its System V memory in line 7.
        release_memory() {
            [ -e "$data/postmaster.pid" ] || return
            segment=$(sed -n '7s/^ *[0-9]\{1,\} \{1,\}\([0-9]\{1,\}\) *$/\1/p' "$data/postmaster.pid")
            [ -z "$segment" ] || ipcrm -m "$segment"
        }

        remove_folder() {
            tries=0
            until rm -rf "$folder" && [ ! -e "$folder" ]; do
                tries=$((tries + 1))
                [ "$tries" -lt 50 ] || exit 4
                sleep 0.1
            done
        }

        """#

    private static let main = #"""
        if [ "$task" = sweep ]; then
            kill_leftovers
            release_memory
            remove_folder
            exit 0
        fi

        keep=no
        message=$(mkdir -m 700 "$folder" 2>&1) || {
            say "text $message"
            say 'failed folder'
            exit 3
        }
        launch
        while read -r command argument; do
            case $command in
                keep) keep=yes ;;
                start)
                    wait "$server" "$watcher"
                    role=$argument
                    launch
                    ;;
                stop) [ -e "$folder/gone" ] || kill -s "$argument" "$server" ;;
            esac
        done

        if [ ! -e "$folder/gone" ]; then
            true >"$folder/ending"
            insist_on_end >/dev/null </dev/null &
            insister=$!
            wait "$watcher"
            kill -s KILL "$insister"
        fi
        release_memory
        [ "$keep" = yes ] || remove_folder
        exit 0
        """#
}
