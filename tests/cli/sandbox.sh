# muster sandbox: the command in it gets what it needs, its status comes back, nothing stays behind.
# shellcheck disable=SC2317 # what ok and wait_for call
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
TMPDIR=$scratch
export TMPDIR

# gone PID: there is no such process, or nobody has asked yet how it ended.
gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2> /dev/null
}

left_nothing() {
  ! ls -d "$scratch"/muster-sandbox* > /dev/null 2>&1
}

# --- What the command sees

# shellcheck disable=SC2016 # for the inner shell
status 'the command runs' 0 "$muster" sandbox -- sh -c '
  echo "$MUSTER_CONNECT_TO"; echo "$MUSTER_CA_FILE"; echo "$MUSTER_SANDBOX_DIR"
  head -n 1 "$MUSTER_CA_FILE"; cat "$MUSTER_SANDBOX_DIR/culture_amp.json"'
seen=$(cat "$scratch/out")
like 'MUSTER_CONNECT_TO is set' "$seen" '^api\.cultureamp\.com:443:127\.0\.0\.1:[0-9]+(,[^,]+)*$'
like 'MUSTER_CA_FILE is a certificate' "$seen" '^-----BEGIN CERTIFICATE-----$'
like 'the credentials are there' "$seen" '"client_secret"'
ok 'the temporary folder is gone' left_nothing

# shellcheck disable=SC2016 # for the inner shell
status 'accounts of the sandbox' 0 env -u MUSTER_DATA_DIR HOME="$scratch/home" XDG_CONFIG_HOME="$scratch/config" \
  XDG_DATA_HOME="$scratch/home/data" "$muster" sandbox --employees 3 -- sh -c '
  "$1" link culture_amp --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" &&
    "$1" run culture_amp list_employees && test -s "$MUSTER_DATA_DIR/store.db" && test -s "$MUSTER_KEY_DIR/key" &&
    mkfifo "$MUSTER_SANDBOX_DIR/of-the-user" && ln -s "$2" "$MUSTER_SANDBOX_DIR/link"' - "$muster" "$scratch/home"
fails 'are not kept among those of the user' test -e "$scratch/home/data/muster/store.db"
fails 'nor is their key' test -e "$scratch/config/muster/key"
ok 'nothing of them stays' left_nothing
ok 'and nothing else goes' test -d "$scratch/home"

# shellcheck disable=SC2016 # for the inner shell
MUSTER_DATA_DIR=$scratch/mine MUSTER_KEY_DIR=/none status 'a data folder that was named before' 0 \
  "$muster" sandbox -- sh -c 'echo "$MUSTER_DATA_DIR $MUSTER_KEY_DIR"'
is 'is used as it is' "$(cat "$scratch/out")" "$scratch/mine /none"
# shellcheck disable=SC2016 # for the inner shell
MUSTER_DATA_DIR=/earlier/data MUSTER_SANDBOX_DIR=/earlier status 'that of an earlier sandbox' 0 \
  "$muster" sandbox -- sh -c 'echo "$MUSTER_DATA_DIR"'
unlike 'is not' "$(cat "$scratch/out")" '^/earlier'

status 'stdin and words pass as they are' 0 sh -c "printf 'a b' | '$muster' sandbox -- cat - /dev/null"
is 'stdin reached the command' "$(cat "$scratch/out")" 'a b'

mkdir -m 700 "$scratch/kept"
# shellcheck disable=SC2016 # for the inner shell
status 'a folder of our own' 0 env -u MUSTER_DATA_DIR "$muster" sandbox --dir "$scratch/kept" --employees 3 -- \
  sh -c 'test -s "$1/ready" && "$2" link personio --credentials "$1/personio.json"' - "$scratch/kept" "$muster"
ok 'the folder stays' test -d "$scratch/kept"
ok 'with what was linked in it' test -s "$scratch/kept/data/store.db"

# --- How it ends

status 'the status comes back' 7 "$muster" sandbox -- sh -c 'exit 7'
# shellcheck disable=SC2016
status 'a signal comes back as 128 and its number' 137 "$muster" sandbox -- sh -c 'kill -9 $$'
status 'a command that is not there is 127' 127 "$muster" sandbox -- "$scratch/no-such-command"
: > "$scratch/no-program"
status 'a command that can not run is 126' 126 "$muster" sandbox -- "$scratch/no-program"
ok 'nothing stays behind' left_nothing

mkfifo "$scratch/told"
# shellcheck disable=SC2016
"$muster" sandbox -- sh -c 'trap "exit 9" TERM; echo "$PPID $$" > "$1"; while :; do sleep 1; done' \
  sh "$scratch/told" &
host=$!
read -r parent command < "$scratch/told"
is 'the command is a child of muster' "$parent" "$host"
kill -TERM "$host"
wait "$host"
is 'a signal to muster reaches the command' "$?" 9
ok 'the command is gone' gone "$command"
ok 'its folder too' left_nothing

# shellcheck disable=SC2016
"$muster" sandbox -- sh -c 'echo "$$" > "$1"; exec sleep 600' sh "$scratch/told" 2> /dev/null &
host=$!
read -r command < "$scratch/told"
kill -KILL "$host"
wait "$host" 2> /dev/null
ok 'the sandbox ends even when muster is killed' wait_for 120 left_nothing
kill "$command"

# --- Without a command

mkfifo "$scratch/usage"
"$muster" sandbox --consent yes > "$scratch/usage" &
host=$!
{
  usage=
  while read -r line; do
    usage="$usage$line
"
    case $line in *'sandbox -- sh'*) break ;; esac
  done
} < "$scratch/usage"
kill -INT "$host"
wait "$host"
is 'Ctrl-C is the way to end it' "$?" 0
like 'it says what to export' "$usage" '^export MUSTER_CONNECT_TO=api\.cultureamp\.com:443:'
like 'where accounts are kept' "$usage" '^export MUSTER_DATA_DIR=/'
like 'and an example' "$usage" 'muster run culture_amp list_employees --credentials'
like 'with a person, one of linking as well' "$usage" '^export BROWSER=.*/muster-sandbox consent yes'
like 'that runs by itself' "$usage" 'muster link employment_hero --credentials'

# shellcheck disable=SC2016 # for the inner shell
status 'a person can be played' 0 "$muster" sandbox --consent no -- sh -c 'echo "$BROWSER $MUSTER_BROWSER_PRINTS"'
like 'by BROWSER' "$(cat "$scratch/out")" '/muster-sandbox consent no 1$'
# shellcheck disable=SC2016 # for the inner shell
status 'who finds the way to the page' 1 "$muster" sandbox --consent yes -- sh -c \
  '$BROWSER "https://oauth.employmenthero.com/oauth2/authorize?client_id=nobody"'
like 'and reads it' "$(cat "$scratch/err")" 'client_id is wrong'
status 'nobody plays another' 2 "$muster" sandbox --consent maybe -- true

# --- What is wrong

status 'a fault that there is not' 2 "$muster" sandbox --fault no_such_fault -- true
like 'the sandbox says so itself' "$(cat "$scratch/err")" 'no_such_fault'
status 'a number that is none' 2 "$muster" sandbox --employees many -- true
status 'the dashes are missing' 2 "$muster" sandbox true
like 'it says how' "$(cat "$scratch/err")" 'muster sandbox -- COMMAND'
mkdir "$scratch/empty"
MUSTER_LIBEXEC_DIR=$scratch/empty status 'no muster-sandbox' 1 "$muster" sandbox -- true
like 'it says what to install' "$(cat "$scratch/err")" 'Install'
printf '#!/bin/sh\necho "{}"\nexec cat\n' > "$scratch/empty/muster-sandbox"
chmod +x "$scratch/empty/muster-sandbox"
MUSTER_LIBEXEC_DIR=$scratch/empty status 'a sandbox of another version' 1 "$muster" sandbox -- true
like 'it says so' "$(cat "$scratch/err")" 'another version'
printf '#!/bin/sh\nexit 3\n' > "$scratch/empty/muster-sandbox"
MUSTER_LIBEXEC_DIR=$scratch/empty status 'a sandbox that ends at once' 1 "$muster" sandbox -- true
status 'the list of faults' 0 "$muster" sandbox --faults
like 'names them' "$(cat "$scratch/out")" 'rate_limited_forever'

done_testing
