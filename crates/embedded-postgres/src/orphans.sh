# Lists the process ids of PostgreSQL's processes that work on files below a directory.
#
#   sh -c "$(cat orphans.sh)" orphans DIRECTORY
#
# It must run as the user that the server runs as: in most containers not even root may see the
# working directories of another user's processes.

if [ -e /proc/self/cwd ]; then
    for process in /proc/[0-9]*; do
        # PostgreSQL's processes have PGDATA as their working directory. A zombie has none.
        read -r name <"$process/comm" && case $name in postgres*) ;; *) continue ;; esac
        cd -P "$process/cwd" && case $PWD in "$1"/*) echo "${process#/proc/}" ;; esac
    done
else
    # Only the server itself keeps its command line. The processes that it forks change theirs.
    ps -A -o pid= -o command= | while read -r process command; do
        case $command in *postgres*" -D $1/"*) echo "$process" ;; esac
    done
fi 2>/dev/null
