# Runs a program for as long as its owner lives, and stops it afterwards.
#
#   sh -c "$(cat supervisor.sh)" supervisor LOG REMOVE SIGNAL PROGRAM [ARGUMENT...]
#
# Standard input is a pipe from the owner, which never writes to it. It closes when the owner stops
# the program, exits or is killed; the kernel closes it even for a process that cannot run any
# cleanup. REMOVE is a directory that is deleted after the owner has gone and the program has ended;
# empty for none. SIGNAL asks the program to end; 0 lets it finish instead.

log=$1 remove=$2 stop_signal=$3
shift 3

# A signal to the whole process group must not end the supervisor before it has cleaned up.
trap '' HUP INT TERM
umask 077
exec 3<&0 </dev/null >"$log" 2>&1

# A shell starts background programs with INT and QUIT ignored. PostgreSQL's programs set handlers of
# their own for both.
"$@" 3<&- &
program=$!

(
    while read -r line <&3; do :; done
    trap 'kill -s KILL "$sleeper"; exit 0' USR1
    # One signal a second. To PostgreSQL they mean: fast shutdown, immediate shutdown, and a kill.
    # The first is repeated in case the program has not yet installed its handlers; receiving it
    # twice is harmless.
    five="$stop_signal $stop_signal $stop_signal $stop_signal $stop_signal"
    for signal in $five $five QUIT QUIT QUIT QUIT QUIT KILL; do
        kill -s "$signal" "$program"
        sleep 1 &
        sleeper=$!
        wait "$sleeper"
    done
) 2>/dev/null &
watcher=$!

wait "$program"
status=$?

# If the program ended by itself, the watcher is still reading and USR1 kills it: the owner is alive,
# and responsible for the directory. Otherwise the watcher handles USR1 and exits with 0.
exec 2>/dev/null
kill -s USR1 "$watcher"
if wait "$watcher" && [ -n "$remove" ]; then
    cd / && rm -rf -- "$remove"
fi
exit "$status"
