# Runs a program for as long as the owner lives, and ends it in good order afterwards.
#
#   sh -c "$(cat supervisor.sh)" supervisor LOG REMOVE SIGNAL PROGRAM [ARGUMENT...]
#
# The owner holds the other end of standard input and never writes to it: when it closes, the owner
# has let go, or was killed. Nothing else tells that as reliably, and the system does it even for a
# process that had no chance to. REMOVE is a directory that is deleted once the owner is gone and
# the program has ended; empty means none. SIGNAL tells the program to end; 0 lets it finish.

log=$1 remove=$2 gently=$3
shift 3

# Whoever signals the whole group must not take away the one process that tidies up.
trap '' HUP INT TERM
umask 077
exec 3<&0 </dev/null >"$log" 2>&1

# In the background a shell lets a program ignore INT and QUIT; PostgreSQL's programs all set their
# own handlers.
"$@" 3<&- &
program=$!

(
    while read -r line <&3; do :; done
    trap 'kill -s KILL "$nap"; exit 0' USR1
    # One signal a second. For PostgreSQL they mean: end now but in good order; end at once; and
    # what no process can refuse. The first is repeated for a program so young that it does not
    # listen yet; hearing it twice does no harm.
    ten="$gently $gently $gently $gently $gently $gently $gently $gently $gently $gently"
    for signal in $ten QUIT QUIT QUIT QUIT QUIT KILL; do
        kill -s "$signal" "$program"
        sleep 1 &
        nap=$!
        wait "$nap"
    done
) 2>/dev/null &
guard=$!

wait "$program"
status=$?

# The guard is still reading if the program ended by itself, and then dies of this signal: the owner
# is there, and the directory is its to remove. Otherwise the guard ends well.
exec 2>/dev/null
kill -s USR1 "$guard"
if wait "$guard" && [ -n "$remove" ]; then
    cd / && rm -rf -- "$remove"
fi
exit "$status"
