# shellcheck shell=sh
# TAP in plain sh, for the shell tests. A script begins with
#
#	. "${top_srcdir:?}/tests/tap.sh"
#
# calls the functions below, and ends with done_testing. Its files go into $scratch, which is removed at
# the end, however the script ends; what it started it names to at_exit.

# Whoever runs them, and from wherever.
umask 022
LC_ALL=C.UTF-8
export LC_ALL

tap_count=0
tap_failed=0
tap_cleanup=:
scratch=$(mktemp -d "${TMPDIR:-/tmp}/muster-test.XXXXXX") || exit 99

tap_exit() {
	tap_status=$?
	trap - EXIT HUP INT TERM
	eval "$tap_cleanup"
	rm -rf "$scratch"
	exit "$tap_status"
}
trap tap_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# at_exit COMMAND: what to run before the scratch folder goes; the last one named runs first.
at_exit() {
	tap_cleanup="$1; $tap_cleanup"
}

# diag TEXT: words for the person who reads the log, every line of them commented.
diag() {
	printf '%s\n' "$1" | sed 's/^/# /'
}

tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
	return "$1"
}

# ok NAME COMMAND…: passes when the command succeeds; what it prints is shown when it fails.
ok() {
	tap_name=$1
	shift
	if "$@" >"$scratch/tap.out" 2>&1; then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		diag "failed: $*"
		diag "$(head -c 4000 "$scratch/tap.out")"
		return 1
	fi
}

# fails NAME COMMAND…: passes when the command fails.
fails() {
	tap_name=$1
	shift
	if "$@" >"$scratch/tap.out" 2>&1; then
		tap_result 1 "$tap_name"
		diag "succeeded: $*"
		diag "$(head -c 4000 "$scratch/tap.out")"
		return 1
	fi
	tap_result 0 "$tap_name"
}

# is NAME GOT WANTED: passes when both are the same text.
is() {
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diag "     got: $2"
		diag "expected: $3"
		return 1
	fi
}

# like NAME TEXT PATTERN: passes when a line of the text matches the extended regular expression.
like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diag "     got: $2"
		diag "pattern: $3"
		return 1
	fi
}

# unlike NAME TEXT PATTERN: passes when no line of the text matches.
unlike() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 1 "$1"
		diag "     got: $2"
		diag "pattern: $3"
		return 1
	fi
	tap_result 0 "$1"
}

# status NAME WANTED COMMAND…: passes when the command exits with this status. Its output is left in
# $scratch/out and $scratch/err.
status() {
	tap_name=$1
	tap_wanted=$2
	shift 2
	"$@" >"$scratch/out" 2>"$scratch/err"
	tap_got=$?
	if [ "$tap_got" -eq "$tap_wanted" ]; then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		diag "exit status $tap_got instead of $tap_wanted: $*"
		diag "$(head -c 2000 "$scratch/err")"
		return 1
	fi
}

# skip NAME WHY: a test that can't be done here.
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all WHY: nothing of this script can be done here.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# need COMMAND PACKAGE: skips the whole script when the command is missing, and says what to install.
need() {
	command -v "$1" >/dev/null 2>&1 || skip_all "$1 is missing: install $2"
}

# has_terminal: can a command be given a terminal here? Not where there is no script(1), nor in a container
# without /dev/pts.
has_terminal() {
	[ "$(script -qec 'test -t 1 && echo yes' /dev/null 2> /dev/null < /dev/null | tr -d '\r')" = yes ]
}

# wait_for SECONDS COMMAND…: until the command succeeds, or the time is over.
wait_for() {
	tap_until=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$tap_until" ] || return 1
		sleep 0.02
	done
}

# done_testing: the plan, last.
done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ] || diag "$tap_failed of $tap_count failed"
	exit 0
}
