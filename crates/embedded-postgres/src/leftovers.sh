# Prints the process ids of PostgreSQL's processes that work on files below a directory.
#
#   sh -c "$(cat leftovers.sh)" leftovers DIRECTORY
#
# It runs as the account that the server runs as: even root may be kept from seeing where another
# account's processes work, as it is in most containers.

if [ -e /proc/self/cwd ]; then
    for process in /proc/[0-9]*; do
        # PostgreSQL's processes work in the directory of their files. A dead one that nobody has
        # waited for works nowhere.
        read -r name <"$process/comm" && case $name in postgres*) ;; *) continue ;; esac
        cd -P "$process/cwd" && case $PWD in "$1"/*) echo "${process#/proc/}" ;; esac
    done
else
    # The server keeps its command line; those that it has forked do not.
    ps -A -o pid= -o command= | while read -r process command; do
        case $command in *postgres*" -D $1/"*) echo "$process" ;; esac
    done
fi 2>/dev/null
