# A linked account's secrets stand nowhere but sealed: not in what any command prints, whatever goes wrong, not in
# the store's files, a backup, the cache or the ledger; as they are, percent-encoded, as JSON or in base64. And they
# are not in a runner's memory.
# shellcheck disable=SC2154 # names of tap.sh and sandbox.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/forms.sh
. "$top_srcdir/tests/forms.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
scan=$top_builddir/tests/cli/memory_scan
for connector in culture_amp personio employment_hero; do
  [ -e "$top_builddir/plugins/.libs/$connector.so" ] || skip_all "the connector $connector was not built"
done
umask 077
unset MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
TMPDIR=$scratch/tmp
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME
mkdir "$TMPDIR" "$scratch/said"
data=$scratch/data/muster
said=$scratch/said/all

# begin [OPTION…]: a new sandbox. What is secret in it is looked for from then on.
begin() {
  sandbox_start --employees 5 "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
  for begin_provider in culture_amp employment_hero personio; do
    forms "$(jq -r .client_secret "$sandbox_dir/$begin_provider.json")"
  done >> "$scratch/forms"
}
# The person at the browser notes what comes back: code and state.
cat > "$scratch/person" << 'END'
#!/bin/sh
url=$("$sandbox_program" consent yes "$1") || exit
echo "$url" >> "$came_back"
echo "$url"
END
chmod 700 "$scratch/person"
came_back=$scratch/came-back
BROWSER=$scratch/person
MUSTER_BROWSER_PRINTS=1
export sandbox_program came_back BROWSER MUSTER_BROWSER_PRINTS

# say STATUS COMMAND…: its exit status; what it prints is kept.
say() {
  say_wanted=$1
  shift
  "$muster" "$@" < /dev/null > "$scratch/out" 2> "$scratch/err"
  is "$*" $? "$say_wanted" || diag "$(head -c 1000 "$scratch/err")"
  cat "$scratch/out" "$scratch/err" >> "$said"
}
# clean NAME FILE…: none of the forms is in them.
clean() {
  clean_name=$1
  shift
  if grep -arlF -f "$scratch/forms" -- "$@" > "$scratch/leaks"; then
    tap_result 1 "$clean_name"
    diag "a secret stands in: $(cat "$scratch/leaks"): $(grep -aoF -f "$scratch/forms" -m 2 -- "$(head -n 1 "$scratch/leaks")")"
  else
    tap_result 0 "$clean_name"
  fi
}
everything() {
  clean "$1: what was printed" "$scratch/said"
  clean "$1: what is kept" "$data" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$TMPDIR" "$sandbox_dir/ledger.ndjson"
}

begin --latency 300 --page-bytes 4000
ok 'what is looked for is found where it stands' grep -qaF -f "$scratch/forms" "$sandbox_dir/personio.json"
for provider in culture_amp employment_hero personio; do
  say 0 link "$provider" --name "$provider" --credentials "$sandbox_dir/$provider.json"
done
say 3 link culture_amp --name culture_amp --credentials "$sandbox_dir/culture_amp.json" --json

# The code and, while a link waits, its state may be on no disk. A URL with a state is printed to be opened.
sed 's/.*[?&]code=\([^&]*\).*/\1/' "$came_back" > "$scratch/code"
ok 'there was a code' [ "$(wc -c < "$scratch/code")" -gt 8 ]
forms "$(cat "$scratch/code")" >> "$scratch/forms"
say 0 link employment_hero --name far --start --json
url=$(jq -r .url "$scratch/out")
forms "$(echo "$url" | sed 's/.*[?&]state=\([^&]*\).*/\1/')" > "$scratch/state-forms"
fails 'a state that is waited for is on no disk' \
  grep -arlF -f "$scratch/state-forms" -- "$data" "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$TMPDIR"
back=$("$sandbox_program" consent yes "$url")
forms "$(echo "$back" | sed 's/.*[?&]code=\([^&]*\).*/\1/')" >> "$scratch/forms"
say 0 link --finish "$back" --json
say 14 link --finish "$back" --json
say 14 link --finish "$back"

# --- The memory of a runner, and what a token is

# token PROVIDER ACTION: of one request after the other, so that each is looked into.
token() {
  {
    for token_provider in culture_amp employment_hero personio; do
      jq -r .client_secret "$sandbox_dir/$token_provider.json" | sed 's/^/-/'
    done
    echo "+$2"
  } > "$scratch/patterns"
  rm -f "$scratch/patterns.token"
  "$scan" "$sandbox_dir/ledger.ndjson" "$scratch/patterns" "$muster" run "$1" "$2" \
    > "$scratch/scan.out" 2> "$scratch/scan.err"
  token_got=$?
  if [ "$token_got" -eq 77 ]; then
    skip "$1: the runner's memory" "other processes' memory may not be read: try as root"
    return
  fi
  is "$1: no secret is in the runner's memory" "$token_got" 0 ||
    diag "$(cat "$scratch/scan.err"; grep -a -E '^(found|not found|a core|token|looked|exit)' "$scratch/scan.out")"
  ok "$1: a token was known, and not in it either" test -s "$scratch/patterns.token"
  if [ -s "$scratch/patterns.token" ]; then
    forms "$(cat "$scratch/patterns.token")" >> "$scratch/forms"
  fi
}
if "$muster" doctor 2> /dev/null | grep -q 'sanitizers'; then
  skip 'the memory of runners' 'this build has sanitizers in it'
else
  token culture_amp list_employees
  token employment_hero list_employees
  token personio list_legal_entities
fi
everything 'linked'

# --- Every command

for provider in culture_amp employment_hero personio; do
  say 0 run "$provider" list_employees --raw
  say 0 run "$provider" list_employees --format csv
  say 0 account show "$provider"
  say 0 account show "$provider" --json
  say 0 account test "$provider" --json
  say 0 profile show "$provider" --json
  say 0 profile show "$provider"
  say 3 profile set "$provider" client_secret=x --json
  say 0 guide "$provider" --json
done
say 0 api personio /v2/persons
say 0 account list --json
say 0 profile list --json
say 0 audit
say 0 audit --json
say 0 key show --json
say 0 doctor
say 0 backup "$scratch/said/backup"
say 0 key rotate --json
say 0 account test employment_hero
everything 'every command'
forms "$(head -n 1 "$scratch/config/muster/key")" > "$scratch/key-forms"
fails 'nor is the key in any of it' grep -arlF -f "$scratch/key-forms" -- "$scratch/said" "$data" "$XDG_CACHE_HOME"

# --- A provider that echoes what it was sent

for fault in echo_secret token_error token_message token_html token_malformed v1_status revoked_forever \
  'echo_secret --fault invalid_json' token_redirect_foreign redirect_foreign html_body server_error; do
  # shellcheck disable=SC2086 # several options
  begin --fault $fault
  rm -rf "$data" "$scratch/config"
  mkdir -p "$data" "$scratch/config"
  for provider in culture_amp employment_hero personio; do
    for form in '' --json; do
      "$muster" link "$provider" --name "$provider" --credentials "$sandbox_dir/$provider.json" --deadline 3 $form
      "$muster" run "$provider" list_employees --deadline 3 $form
      "$muster" run "$provider" list_employees --raw --deadline 3 $form
      "$muster" account test "$provider" --deadline 3 $form
      "$muster" unlink "$provider" --yes --deadline 3 $form
    done >> "$said" 2>&1 < /dev/null
  done
  sed 's/.*[?&]code=\([^&]*\).*/\1/' "$came_back" | while read -r code; do forms "$code"; done >> "$scratch/forms"
  everything "$fault"
done

# --- A process that is killed leaves no core and nothing in clear; a passphrase is no exception

begin --latency 400
rm -rf "$data" "$scratch/config"
printf 'passphrase-canary-%s' "$$" > "$scratch/passphrase"
forms "$(cat "$scratch/passphrase")" >> "$scratch/forms"
MUSTER_PASSPHRASE_FD=7
export MUSTER_PASSPHRASE_FD
status 'linked under a passphrase' 0 sh -c '"$1" link culture_amp --name acme --credentials "$2" 7< "$3"' - \
  "$muster" "$sandbox_dir/culture_amp.json" "$scratch/passphrase"
cat "$scratch/out" "$scratch/err" >> "$said"
mkdir "$scratch/core"
for signal in QUIT SEGV KILL; do
  lines=$(wc -l < "$sandbox_dir/ledger.ndjson")
  (
    cd "$scratch/core" || exit
    # shellcheck disable=SC3045 # both dash and bash have it
    ulimit -c unlimited
    exec "$muster" run acme list_employees 7< "$scratch/passphrase"
  ) >> "$said" 2>&1 &
  pid=$!
  # shellcheck disable=SC2016 # what sh does
  wait_for 120 sh -c '[ "$(wc -l < "$1")" -gt "$2" ] || ! kill -0 "$3"' - "$sandbox_dir/ledger.ndjson" "$lines" "$pid"
  kill -s "$signal" "$pid" 2> /dev/null
  wait "$pid" 2> /dev/null
  clean "SIG$signal leaves no secret" "$scratch/core"
done
everything 'killed'

done_testing
