# muster run and muster api as a person uses them: what is typed wrong, what is refused, what breaks off.
# shellcheck disable=SC2016,SC2154,SC2317 # what an inner shell expands; names of tap.sh; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/culture_amp.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
unset MUSTER_DATA_DIR STATE_DIRECTORY
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME
umask 077
mkdir -p "$scratch/config/muster"

# begin [OPTION…]: a new sandbox, which muster takes for the provider.
begin() {
  sandbox_start "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
  good=$sandbox_dir/culture_amp.json
  ledger=$sandbox_dir/ledger.ndjson
}
run() { "$muster" run culture_amp "$@"; }
api() { "$muster" api culture_amp "$@"; }
err() { cat "$scratch/err"; }
asked() { wc -l < "$ledger"; }

# refused NAME STATUS PATTERN COMMAND…: it ends so, says so, prints nothing, and asks the provider nothing.
refused() {
  refused_name=$1
  refused_pattern=$3
  refused_asked=$(asked)
  refused_status=$2
  shift 3
  status "$refused_name" "$refused_status" "$@"
  like "$refused_name: it is said" "$(tr '\n' ' ' < "$scratch/err")" "$refused_pattern"
  is "$refused_name: nothing was done" "$(wc -c < "$scratch/out") $(asked)" "0 $refused_asked"
}

begin --employees 50000

# --- What is typed wrong

refused 'run without anything' 2 'ACCOUNT is missing.*muster help run' "$muster" run
refused 'run without an action' 2 'ACTION is missing' run
refused 'run without credentials' 2 '--credentials FILE is missing.*muster guide culture_amp' run list_employees
refused 'an option that there is not' 2 'no option --limt.*mean --limit' run list_employees --limt 3
refused 'a limit that is none' 2 '--limit needs a whole number' run list_employees --credentials "$good" --limit x
refused 'a limit of nothing' 2 'from 1' run list_employees --credentials "$good" --limit 0
refused 'a deadline of nothing' 2 'from 1' run list_employees --credentials "$good" --deadline 0
refused 'a format that there is not' 2 'ndjson, json, csv and table' \
  run list_employees --credentials "$good" --format pdf
refused 'a word that says nothing' 2 'key=value' run list_employees --credentials "$good" word
refused 'a parameter twice' 2 'email is given twice' run list_employees --credentials "$good" email=a email=b
refused 'a parameter that there is not' 3 'mail is no parameter.*mean email' \
  run list_employees --credentials "$good" mail=x
refused 'a filter of nothing' 3 'email is empty: leave it out' run list_employees --credentials "$good" email=
refused 'an id is missing' 3 'id .*is missing' run get_employee --credentials "$good"
refused 'an id that leads elsewhere' 3 'may not hold' run get_employee --credentials "$good" id=../token
refused 'a date that is none' 3 'such as 2026' run list_manager_reviews --credentials "$good" after_date=yesterday
refused 'a word that is no choice' 3 'active, closed, ready' \
  run list_performance_cycles --credentials "$good" state=close
refused 'a connector that there is not' 14 'mean culture_amp' "$muster" run culture_ampp list_employees
refused 'an action that there is not' 14 'mean list_employees' run list_employes --credentials "$good"
refused 'api without a path' 2 'PATH is missing' api
refused 'api without credentials' 2 '--credentials FILE is missing' api /v1/employees
refused 'api that would change something' 2 'GET or HEAD' api POST /v1/employees --credentials "$good"
refused 'a path without its slash' 2 'begins with a slash' api v1/employees --credentials "$good"
refused 'another host' 2 'attacker.example.*not one of those approved.*PATH alone' \
  api https://attacker.example/ --credentials "$good"
refused 'another host behind a user' 2 'names a user' \
  api https://api.cultureamp.com@attacker.example/ --credentials "$good"
refused 'no TLS' 2 'https' api http://api.cultureamp.com/v1/employees --credentials "$good"
refused 'an auth that there is not' 2 'no auth' api /v1/employees --auth nope --credentials "$good"

# --- Credentials

# credentials JSON: into a file of their own.
credentials() {
  printf '%s' "$1" > "$scratch/c.json"
}
changed() {
  credentials "$(jq -c "$1" "$good")"
}
bad_file() {
  credentials "$3"
  refused "credentials: $1" 3 "$2" run list_employees --credentials "$scratch/c.json"
}
refused 'credentials that are not there' 3 'none.json can.t be read: No such file' \
  run list_employees --credentials "$scratch/none.json"
refused 'credentials in a folder' 3 'is not a file' run list_employees --credentials "$scratch"
refused 'credentials without end' 3 'larger than' run list_employees --credentials /dev/zero
bad_file 'nothing' 'not valid JSON' ''
bad_file 'garbage' 'not valid JSON' "$(printf '\377\376{')"
bad_file 'a list' 'not a JSON object' '[]'
bad_file 'empty' 'client_id .*is missing.*client_secret .*is missing' '{}'
bad_file 'a number' 'client_id is not a text' '{"client_id":1}'
bad_file 'a field that there is not' 'key is no field' '{"client_id":"a","client_secret":"b","key":"c"}'
bad_file 'a line break' 'holds a line break' '{"client_id":"a","client_secret":"b\nc"}'
bad_file 'a scope that there is not' "'read', which is no scope" '{"client_id":"a","client_secret":"b","scope":"read"}'
if [ "$(id -u)" -ne 0 ]; then
  credentials '{}'
  chmod 000 "$scratch/c.json"
  refused 'credentials that may not be read' 3 'Permission denied' run list_employees --credentials "$scratch/c.json"
  rm -f "$scratch/c.json"
else
  # Root may read every file; this one fails when it is read.
  refused 'credentials that may not be read' 3 "can't be read" run list_employees --credentials /proc/self/mem
fi
changed .
chmod 644 "$scratch/c.json"
status 'credentials that others can read' 0 run list_employees --limit 1 --credentials "$scratch/c.json"
like 'are warned of' "$(err)" 'warning: .*can be read by others'
chmod 600 "$scratch/c.json"
status 'credentials from stdin' 0 sh -c '"$1" run culture_amp list_employees --limit 1 --credentials - < "$2"' \
  - "$muster" "$good"
is 'are quiet' "$(err)" ''

changed '.client_secret = "a-secret-that-is-wrong"'
before=$(asked)
status 'a wrong secret' 4 run list_employees --credentials "$scratch/c.json"
like 'the guide is named' "$(err)" 'muster guide culture_amp'
unlike 'the secret is not told' "$(err)" 'that-is-wrong'
is 'it was tried once' "$(($(asked) - before))" 1
status 'a wrong secret, by api' 4 api /v1/employees --credentials "$scratch/c.json"

# --- Scopes and ids

changed '.scope = "employees-read"'
refused 'a scope that was left out' 5 'performance-evaluations-read.*field scope' \
  run list_manager_reviews --credentials "$scratch/c.json"
status 'another that was not' 0 run list_employees --limit 1 --credentials "$scratch/c.json"
status 'a path for which it is not enough' 5 api /v1/performance-cycles --credentials "$scratch/c.json"
like 'what was asked for is told' "$(err)" 'asked for is employees-read; .*muster show culture_amp'
status 'an id that there is not' 14 run get_employee --credentials "$good" id=nobody
like 'is told' "$(err)" 'Check the id'
status 'a path that there is not' 14 api /v1/nothing --credentials "$good"
like 'is told too' "$(err)" 'Check the path'

# --- Output

# piped COMMAND: its first line alone is read; its status goes to $scratch/ended.
piped() {
  { "$@" 2> "$scratch/err"; echo "$?" > "$scratch/ended"; } | head -n 1 > "$scratch/out"
}
before=$(asked)
piped run list_employees --credentials "$good"
is 'whoever reads one line gets one' "$(grep -c '^{"id":"' "$scratch/out")" 1
is 'that is all right, and nothing is said' "$(cat "$scratch/ended") $(err)" '0 '
ok 'and the rest is not fetched' test "$(($(asked) - before))" -lt 15
{ api /v1/employees --credentials "$good" 2> "$scratch/err"; echo "$?" > "$scratch/ended"; } |
  head -c 10 > "$scratch/out"
is 'so it is with api' "$(cat "$scratch/ended") $(err) $(cat "$scratch/out")" '0  {"data":[{'
# A FIFO that is open for writing, and nobody reads it any more.
mkfifo "$scratch/fifo"
exec 8<> "$scratch/fifo" 7> "$scratch/fifo" 8>&-
api /v1/employees --credentials "$good" >&7 2> "$scratch/err"
echo "$?" > "$scratch/ended"
exec 7>&-
is 'nobody reads any more' "$(cat "$scratch/ended") $(err)" '0 '
if [ -e /dev/full ]; then
  for command in 'run list_employees' 'api /v1/employees'; do
    # shellcheck disable=SC2086 # two words
    $command --credentials "$good" > /dev/full 2> "$scratch/err"
    is "$command: a full disk" "$?" 1
    like "$command: is told" "$(err)" 'No space left on device'
  done
fi

# A reader that is late: the provider waits, nothing is lost, nothing grows.
before=$(asked)
"$top_builddir/tests/cli/peak" "$scratch/took" 120 "$muster" run culture_amp list_employees \
  --credentials "$good" 2> "$scratch/err" | {
  sleep 1
  echo "$(($(asked) - before))" > "$scratch/asked"
  wc -l > "$scratch/out"
}
ok 'for a late reader the provider waits' test "$(cat "$scratch/asked")" -lt 15
is 'and he gets everything' "$(cat "$scratch/out")" 50000
read -r kib _ < "$scratch/took"
if [ "$kib" = unknown ] || grep -q '^#define MUSTER_RELAXED_JAIL' "$top_builddir/config.h"; then
  skip 'nothing grows' 'measured by root alone, and without sanitizers'
else
  ok 'nothing grows' test "$kib" -le 32768
fi

run list_employees --limit 20000 --credentials "$good" > "$scratch/one" &
first=$!
run list_employees --limit 20000 --credentials "$good" > "$scratch/two"
is 'two runs side by side' "$?" 0
wait "$first"
is 'both end well' "$?" 0
ok 'and find the same' cmp "$scratch/one" "$scratch/two"
is 'as many as were wanted' "$(wc -l < "$scratch/one")" 20000

# --- Configuration

configured() {
  printf '%s' "$3" > "$scratch/config/muster/config.json"
  refused "configuration: $1" 2 "$2" run list_employees --limit 1 --credentials "$good"
}
configured 'garbage' 'config.json is not valid JSON' '{'
configured 'a list' 'not a JSON object' '[]'
configured 'a setting that there is not' 'no setting proxi; there are proxy, ca_bundle' '{"proxi":"x"}'
configured 'a proxy that is no text' 'proxy is to be a text' '{"proxy":1}'
configured 'trust in what is no connector' 'trust is to be a list of connectors' '{"trust":[1]}'
configured 'days that are none' 'config.json: audit_days is a number from 1' '{"audit_days":-1}'
configured 'a proxy of another kind' 'https://host:port' '{"proxy":"ftp://127.0.0.1:1"}'
configured 'a password in the clear' 'in the clear' '{"proxy":"http://a:b@127.0.0.1:1"}'
configured 'certificates that are not there' 'none.pem can.t be read.*ca_bundle' '{"ca_bundle":"/none.pem"}'
# Every command reads it, and none reads half of it.
for command in list 'show culture_amp' 'guide culture_amp' 'validate culture_amp' 'account list' 'profile list' 'key show'; do
  echo '{"trsut":["culture_amp"]}' > "$scratch/config/muster/config.json"
  # shellcheck disable=SC2086 # words
  refused "$command: a setting that there is not" 2 'no setting trsut' "$muster" $command
done
echo '{}' > "$scratch/config/muster/config.json"
chmod go+w "$scratch/config/muster/config.json"
refused 'a configuration that others may write' 2 'Others may write /.*/config.json.*chmod go-w' "$muster" list
chmod go-w "$scratch/config/muster/config.json"
rm "$scratch/config/muster/config.json"
MUSTER_CONNECT_TO=nonsense refused 'a mapping that is none' 2 'host:port:address:port' \
  run list_employees --credentials "$good"
MUSTER_CA_FILE=/none.pem refused 'a CA file that is not there' 2 'none.pem can.t be read.*MUSTER_CA_FILE' \
  run list_employees --credentials "$good"
https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 status 'a proxy of the environment is not used' 0 \
  run list_employees --limit 1 --credentials "$good"

# Port 1 is nobody's.
MUSTER_CONNECT_TO=api.cultureamp.com:443:127.0.0.1:1 status 'nobody listens' 8 \
  run list_employees --credentials "$good"
like 'the network is named' "$(err)" 'No connection to api.cultureamp.com.*|Check the network'
MUSTER_CONNECT_TO=api.cultureamp.com:443:127.0.0.1:1 status 'nobody listens to api either' 8 \
  api /v1/employees --credentials "$good"
echo '{"proxy":"https://127.0.0.1:1"}' > "$scratch/config/muster/config.json"
MUSTER_CONNECT_TO='' status 'a proxy that is not there' 8 run list_employees --credentials "$good"
like 'the proxy is named' "$(err)" 'Check the proxy'
rm "$scratch/config/muster/config.json"

# --- Interrupted

# A child of the process, or nothing.
child_of() { tr ' ' '\n' < "/proc/$1/task/$1/children" 2> /dev/null | head -n 1; }
is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2> /dev/null; }
struck() { grep -q '"fault":"silence"' "$ledger"; }

# hangs WORD…: muster in the background, waiting for a page that never comes; $host and $runner are its processes.
hangs() {
  begin --employees 5000 --fault silence@2
  "$muster" "$@" --credentials "$good" > "$scratch/out" 2> "$scratch/err" &
  host=$!
  wait_for 120 struck || diag 'the page was not asked for'
  runner=$(child_of "$host")
}
for signal in INT TERM; do
  hangs run culture_amp list_employees
  kill -s "$signal" "$host"
  wait "$host"
  is "$signal: run ends" "$?" 130
  like "$signal: it says how far it was" "$(err)" 'Interrupted after [0-9]+ records'
  ok "$signal: the runner is gone" wait_for 120 is_gone "${runner:-none}"
  ok "$signal: every line is whole" sh -c '! grep -v "^{.*}$" "$1"' - "$scratch/out"
done
hangs run culture_amp list_employees
kill -KILL "$host"
wait "$host" 2> /dev/null
ok 'KILL: the runner goes with its host' wait_for 120 is_gone "${runner:-none}"
hangs run culture_amp list_employees
kill -KILL "${runner:-none}"
wait "$host"
is 'a runner that is killed is a fault of the connector' "$?" 9
like 'that is told with the signal' "$(err)" '[Kk]illed|SIGKILL|signal 9'
begin --fault silence
"$muster" api culture_amp /v1/employees --credentials "$good" > "$scratch/out" 2> "$scratch/err" &
host=$!
wait_for 120 struck
kill -INT "$host"
wait "$host"
is 'api ends too' "$?" 130

# --- A scope that was not granted

begin --permissions employees-read
status 'a scope that was not granted' 5 run list_manager_reviews --credentials "$good"
like 'is named, with the guide' "$(err)" 'performance-evaluations-read'
is 'and no data was asked for' "$(grep -c '"method":"GET"' "$ledger")" 0

done_testing
