# How a link fails and how an account ends: of the one nothing is stored, of the other nothing can be opened.
# shellcheck disable=SC2154,SC2016 # names of tap.sh and sandbox.sh; inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
for connector in culture_amp personio employment_hero; do
  [ -e "$top_builddir/plugins/.libs/$connector.so" ] || skip_all "the connector $connector was not built"
done
umask 077
unset MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
BROWSER="$sandbox_program consent yes"
MUSTER_BROWSER_PRINTS=1
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME BROWSER MUSTER_BROWSER_PRINTS
data=$scratch/data/muster
key=$scratch/config/muster/key

begin() {
  sandbox_start --employees 5 "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
}
credentials() { echo "$sandbox_dir/$1.json"; }
link() { "$muster" link "$@" --credentials "$(credentials "$1")" < /dev/null; }
run() { "$muster" run "$1" list_employees --limit 1; }
requests() { wc -l < "$sandbox_dir/ledger.ndjson"; }
# stored: what there is, before and after.
stored() { "$muster" account list --json; "$muster" profile list --json; "$muster" audit --json 2> /dev/null; }

# --- A link that fails

begin
status 'one that does not' 0 link culture_amp --name acme
for fault in revoked_forever server_error token_error token_malformed connection_reset missing_scope \
  html_body token_redirect_foreign close_before_answer; do
  begin --fault "$fault"
  before=$(stored)
  for provider in employment_hero personio; do
    case $provider:$fault in employment_hero:missing_scope | personio:missing_scope) continue ;; esac
    fails "$fault: $provider is not linked" "$muster" link "$provider" --deadline 2 \
      --credentials "$(credentials "$provider")"
  done
  is "$fault: nothing is stored" "$(stored)" "$before"
done
begin
before=$(stored)
MUSTER_CONNECT_TO=api.personio.de:443:127.0.0.1:1 status 'without a network' 8 link personio --deadline 20
is 'nothing is stored' "$(stored)" "$before"

# Cut off at each of its requests, in each way. What is cut off behind its last one is linked or not, but wholly so.
for signal in KILL INT TERM; do
  for provider in personio employment_hero; do
    for number in 1 2 3 4; do
      begin --latency 300
      "$muster" link "$provider" --name cut --credentials "$(credentials "$provider")" \
        < /dev/null > "$scratch/out" 2> "$scratch/err" &
      pid=$!
      # The line of a request is there before its answer.
      wait_for 120 sh -c '[ "$(wc -l < "$1")" -ge "$2" ] || ! kill -0 "$3" 2> /dev/null' - \
        "$sandbox_dir/ledger.ndjson" $((number - 1)) "$pid"
      kill -s "$signal" "$pid" 2> /dev/null
      wait "$pid" 2> /dev/null
      cut=$?
      if "$muster" account show cut > /dev/null 2>&1; then
        [ "$cut" -eq 0 ] || status "SIG$signal, $provider, request $number: the account is whole" 0 \
          "$muster" account test cut
        "$muster" unlink cut --yes > /dev/null 2>&1
        "$muster" profile remove "$provider" > /dev/null 2>&1
        continue
      fi
      is "SIG$signal, $provider, request $number: no account, no profile" \
        "$("$muster" account list --json | jq -r '.[].name'; "$muster" profile list --json | jq -r '.[].name')" \
        "$(printf 'acme\nculture_amp')"
    done
  done
done

# --- After an end nothing opens

begin
rm -rf "$data" "$scratch/config"
status 'an account' 0 link personio --name gone
status 'another' 0 link culture_amp --name stays
"$muster" account show gone --json | jq -r .id > "$scratch/id"
cp -a "$data" "$scratch/before"
status 'unlinked' 0 "$muster" unlink gone --yes
status 'it is not there' 14 run gone
status 'the other is' 0 run stays
# Its data key is in no file: what a thief of the files and the key could look for is its id's row.
if command -v sqlite3 > /dev/null 2>&1; then
  is 'its data key is gone' "$(sqlite3 "$data/store.db" 'SELECT count(*) FROM data_key WHERE holder = '"'$(cat "$scratch/id")'")" 0
  sqlite3 "$scratch/before/store.db" "SELECT hex(wrapped) FROM data_key WHERE holder = '$(cat "$scratch/id")'" > "$scratch/wrapped"
  ok 'it was there' [ "$(wc -c < "$scratch/wrapped")" -gt 64 ]
  for file in "$data"/*; do
    unlike "nor is it left in ${file##*/}" "$(od -An -v -tx1 "$file" | tr -d ' \n' | tr a-f A-F)" \
      "$(cut -c 1-80 "$scratch/wrapped")"
  done
else
  skip 'its data key' 'there is no sqlite3'
fi

cp "$key" "$scratch/old"
cp -a "$data" "$scratch/rotated-from"
status 'the key is rotated' 0 "$muster" key rotate
status 'all goes on' 0 run stays
cp "$key" "$scratch/new"
cp "$scratch/old" "$key"
status 'the old key' 12 "$muster" run stays list_employees --json
is 'opens nothing' "$(jq -r .code "$scratch/err")" key_wrong
cp "$scratch/new" "$key"
status 'the new one does' 0 run stays

# --- A backup

begin
rm -rf "$data" "$scratch/config"
status 'an account whose token rotates' 0 link employment_hero --name hero
status 'and one whose does not' 0 link culture_amp --name acme
status 'a backup' 0 "$muster" backup "$scratch/backup"
status 'is put in place' 0 "$muster" restore "$scratch/backup"
is 'what may have been renewed since is doubtful' \
  "$("$muster" account list --json | jq -rc 'map([.name, .state])')" '[["acme","linked"],["hero","doubtful"]]'
status 'which is unhealthy' 10 "$muster" account list --unhealthy
status 'a test tells' 0 "$muster" account test hero
is 'that it is good' "$("$muster" account show hero --json | jq -r .state)" linked
status 'so all is well' 0 "$muster" account list --unhealthy
status 'and it runs' 0 run hero
# Whoever went on with the store after the backup has used up what is in it.
cp "$scratch/backup" "$scratch/backup2"
status 'a backup of before' 0 "$muster" restore "$scratch/backup2"
status 'whose token was renewed since' 11 "$muster" account test hero
is 'is told to need another consent' "$("$muster" account show hero --json | jq -r .state)" needs_linking
status 'which mends it' 0 link employment_hero --name hero
status 'so that it runs' 0 run hero

# --- Real ones inside, simulated ones outside

(
  unset MUSTER_CONNECT_TO
  for command in 'run acme list_employees' 'api acme /v1/employees' 'account test acme' 'unlink acme --yes' \
    'link culture_amp --name x' 'link culture_amp --name acme --again' 'profile set culture_amp --enable list_employees'; do
    # shellcheck disable=SC2086 # words
    "$muster" $command < /dev/null > "$scratch/out" 2> "$scratch/err"
    echo "$command: $?: $(grep -c 'made inside the sandbox' "$scratch/err")"
  done > "$scratch/outside"
)
is 'each is refused outside' "$(grep -cv ': 13: 1$' "$scratch/outside")" 0 || diag "$(cat "$scratch/outside")"
if command -v sqlite3 > /dev/null 2>&1; then
  sqlite3 "$data/store.db" 'UPDATE account SET sandbox = 0; UPDATE profile SET sandbox = 0'
  before=$(requests)
  for command in 'run acme list_employees' 'account test acme' 'link culture_amp --name x' 'unlink acme --yes'; do
    # shellcheck disable=SC2086 # words
    status "a real one, inside: $command" 13 "$muster" $command
    like 'is refused' "$(cat "$scratch/err")" 'is real'
  done
  is 'and nothing was sent' "$(requests)" "$before"
else
  skip 'a real one, inside' 'there is no sqlite3'
fi

done_testing
