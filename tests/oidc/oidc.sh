#!/bin/sh
# Links, runs and unlinks as a person does, against a certified authorization server that others wrote: code with PKCE,
# refresh tokens that rotate and whose reuse is taken for theft, revocation, refusals of every kind.
# shellcheck disable=SC2154,SC2317 # names of tap.sh; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
here=$top_srcdir/tests/oidc
modules=${MUSTER_OIDC_DIR:-$top_builddir/oidc}/node_modules

# missing WHAT: without it there is nothing to test, which is a failure where MUSTER_REQUIRE_OIDC is 1.
missing() {
  [ "${MUSTER_REQUIRE_OIDC:-}" != 1 ] || {
    echo "Bail out! $1"
    exit 99
  }
  skip_all "$1"
}

node=node
for candidate in "$modules"/node-linux-*/bin/node; do
  [ ! -x "$candidate" ] || node=$candidate
done
[ -d "$modules/oidc-provider" ] ||
  missing 'the authorization server is missing: tests/oidc/install.sh FOLDER brings it, MUSTER_OIDC_DIR=FOLDER names it'
version=$("$node" --version 2>/dev/null | sed 's/^v//; s/\..*//')
[ "${version:-0}" -ge 22 ] ||
  missing 'there is no node 22 or newer: tests/oidc/install.sh brings one for the commonest machines'
need curl curl
need jq jq
need openssl openssl

umask 077
unset DISPLAY MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
unset MUSTER_BROWSER_PRINTS
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
MUSTER_PLUGIN_PATH=$scratch/plugins
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME MUSTER_PLUGIN_PATH
mkdir "$scratch/plugins"
cp "$top_builddir/tests/plugins/.libs/certified.so" "$scratch/plugins"

# --- The server. All that a client secret and an id may hold is in them: both go through the form encoding of RFC 6749.

server=$scratch/server
server_pid=
at_exit '[ -z "$server_pid" ] || { kill "$server_pid"; wait "$server_pid"; } 2>/dev/null'
mkdir "$server"
cp "$here/server.mjs" "$here/package.json" "$server"
ln -s "$(realpath "$modules")" "$server/node_modules"
client_id='muster at home'
secret='c4n4ry:+ %41&=/"~-0123456789'
jq -n --arg id "$client_id" --arg secret "$secret" '{client_id: $id, client_secret: $secret, application_type: "native",
  redirect_uris: ["http://127.0.0.1/callback", "https://app.example.com/callback"], response_types: ["code"],
  grant_types: ["authorization_code", "refresh_token"], token_endpoint_auth_method: "client_secret_basic"}' \
  >"$server/client.json"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=auth.example.com \
  -addext 'subjectAltName=DNS:auth.example.com,DNS:api.example.com' \
  -keyout "$server/key.pem" -out "$server/cert.pem" 2>"$server/openssl.err" ||
  missing "openssl makes no certificate: $(tail -n 1 "$server/openssl.err")"
: >"$server/ledger.ndjson"
"$node" "$server/server.mjs" "$server" >"$server/log" 2>&1 &
server_pid=$!
is_decided() { [ -e "$server/port" ] || ! kill -0 "$server_pid" 2>/dev/null; }
wait_for 120 is_decided
[ -e "$server/port" ] || {
  echo "Bail out! the server does not start: $(cat "$server/log")"
  exit 99
}
to=127.0.0.1:$(cat "$server/port")
MUSTER_CONNECT_TO=auth.example.com:443:$to,api.example.com:443:$to
MUSTER_CA_FILE=$server/cert.pem
OIDC_FOLDER=$server
OIDC_MAP=::$to
export MUSTER_CONNECT_TO MUSTER_CA_FILE OIDC_FOLDER OIDC_MAP

# server_does WHAT [VALUE]: what happens at the provider without muster.
server_does() {
  printf '%s\n' "$@" | curl -sSf --max-time 30 --cacert "$server/cert.pem" --connect-to "$OIDC_MAP" --data-binary @- \
    -o /dev/null https://auth.example.com/test
}
# count FILTER: how many lines of the ledger it fits.
count() { jq -s "[.[] | select($1)] | length" "$server/ledger.ndjson"; }
ledger() { jq -r "$1" "$server/ledger.ndjson"; }
refreshes() { count '.what == "token" and .grant == "refresh_token"'; }

# --- The person

# person DECISION: who sits at the browser of this machine.
person() {
  BROWSER="sh $here/person.sh $1"
  export BROWSER
}
link() { "$muster" link "$@" </dev/null; }
run() { "$muster" run "$@"; }
account() { "$muster" account "$@"; }
out() { cat "$scratch/out"; }
err() { tr '\n' ' ' <"$scratch/err"; }
names() { account list --json | jq -r '.[].name' | tr '\n' ' '; }
scopes() { account show "$1" --json | jq -c '[.scopes[] | {key: .id, value: "\(.state) \(.truth)"}] | from_entries'; }
state() { account show "$1" --json | jq -r .state; }

# refused NAME STATUS PATTERN COMMAND…: it ends so, says so, and stores nothing.
refused() {
  refused_name=$1
  refused_status=$2
  refused_pattern=$3
  refused_before=$(names)
  shift 3
  status "$refused_name" "$refused_status" "$@"
  like "$refused_name: it is said" "$(err)" "$refused_pattern"
  is "$refused_name: nothing is stored" "$(names)" "$refused_before"
}
jq -n --arg id "$client_id" --arg secret "$secret" '{client_id: $id, client_secret: $secret}' >"$scratch/right.json"
jq '.client_secret = "wrong-c4n4ry"' "$scratch/right.json" >"$scratch/wrong.json"

right=$scratch/right.json

# --- Consent on this machine

person deny
refused 'consent denied' 4 'refused at the provider.*access_denied: Anna said no' \
  link certified --name acme --credentials "$right"
like 'the person may close the page' "$(cat "$server/last_page")" 'Close this page'
is 'no code was asked for' "$(count '.what == "token" or .what == "refusal"')" 0
person allow
refused 'a wrong client secret' 4 'invalid_client' link certified --name acme --credentials "$scratch/wrong.json"
unlike 'it is not repeated' "$(err)" c4n4ry
status 'link' 0 link certified --name acme --credentials "$right"
is 'a challenge was sent, and its method' "$(ledger 'select(.what == "consent") | .challenge' | sort -u)" S256
is 'with the scopes that the actions need' "$(ledger 'select(.what == "consent") | .scope' | sort -u)" \
  'people:read teams:read'
is 'all of them were granted, which the server says' "$(scopes acme)" \
  '{"people:read":"granted confirmed","teams:read":"granted confirmed"}'
status 'run' 0 run acme list_people
is 'brings the people' "$(jq -r .work_email "$scratch/out" | tr '\n' ' ')" \
  'p1@example.com p2@example.com p3@example.com '
is 'one token did for all' "$(count '.what == "token"')" 1
status 'test' 0 account test acme
is 'which asks for a new one' "$(count '.what == "token"')" 2

# --- A part of the consent

person people
status 'less is allowed than was asked for' 0 link certified --name part
like 'it is told at once' "$(err)" 'scope teams:read was not granted'
is 'and kept' "$(scopes part)" '{"people:read":"granted confirmed","teams:read":"missing confirmed"}'
status 'what was allowed works' 0 run part list_people
calls=$(count '.what == "call"')
status 'what was not is refused' 5 run part list_teams
like 'by its name' "$(err)" 'teams:read'
is 'before anything is sent' "$(count '.what == "call"')" "$calls"

# --- Consent elsewhere, where the browser ends at a page of others

person allow
status 'a profile with a redirect URL of its own' 0 "$muster" profile add certified --name far --credentials "$right" \
  redirect_url=https://app.example.com/callback
# page: begins a link, and prints where the customer goes.
page() {
  link --withdraw away > /dev/null 2>&1 || : # one that nobody finished keeps the name
  link far --name away --start --json | jq -r .url
}
# visit DECISION URL: the customer's browser; prints where it ends.
visit() { sh "$here/person.sh" "$@"; }
back=$(visit allow "$(page)")
like 'the server says who it is' "$back" '[?&]iss=https%3A%2F%2Fauth\.example\.com(&|$)'
refused 'the answer of another server' 4 'from another server' \
  link --finish "$(echo "$back" | sed 's/iss=[^&]*/iss=https%3A%2F%2Fevil.example.com/')"
back=$(visit allow "$(page)")
refused 'another code' 4 'invalid_grant' link --finish "$(echo "$back" | sed 's/code=/code=x/')"
back=$(visit deny "$(page)")
refused 'a customer who denies' 4 'Anna said no' link --finish "$back"
back=$(visit allow "$(page)")
status 'finish' 0 link --finish "$back"
refused 'once' 14 'finished already' link --finish "$back"
status 'run' 0 run away list_teams
MUSTER_BROWSER_PRINTS=1
export MUSTER_BROWSER_PRINTS
status 'the same in one go' 0 link far --name near
unset MUSTER_BROWSER_PRINTS
status 'unlink' 0 "$muster" unlink near
is 'gives all tokens back' "$(count '.what == "revoked"')" 1

# --- Rotation

before=$(refreshes)
for action in list_people list_teams list_people; do
  server_does expire
  status "$action with an expired token" 0 run acme "$action"
done
is 'each took one refresh' "$(($(refreshes) - before))" 3
server_does expire
for n in 1 2 3 4 5 6 7 8; do
  run acme list_people >"$scratch/crowd.$n" 2>&1 &
  crowd="${crowd:-} $!"
done
failed=0
for pid in $crowd; do
  wait "$pid" || failed=$((failed + 1))
done
is 'eight at once with an expired token' "$failed" 0
is 'took one refresh' "$(($(refreshes) - before))" 4
is 'and nothing was taken for theft' "$(count '.what == "refusal" and (.detail | test("already used"))')" 0

# --- A client secret that the integrator has changed at the provider

server_does expire
server_does secret 'n3w:secret %&+c4n4ry-0123456789'
status 'an old client secret' 4 run acme list_people
like 'it is the credentials that are refused' "$(err)" 'invalid_client'
is 'the account is as it was' "$(state acme)" linked
status 'nor does it give tokens back' 4 "$muster" unlink away
like 'how to unlink all the same is said' "$(err)" 'invalid_client.*unlink away --force'
printf %s 'n3w:secret %&+c4n4ry-0123456789' >"$scratch/new"
status 'the new one' 0 "$muster" profile set certified client_secret@"$scratch/new"
status 'makes it run again' 0 run acme list_people
status 'and so for the other profile' 0 "$muster" profile set far client_secret@"$scratch/new"

# --- A refresh token that is used twice

status 'a backup' 0 "$muster" backup "$scratch/backup"
server_does expire
status 'the token goes on' 0 run acme list_people
mv "$scratch/data" "$scratch/lived_on"
status 'the backup is put back' 0 "$muster" restore "$scratch/backup"
server_does expire
status 'a token that was used up' 11 run acme list_people
like 'it is said whose, and what to do' "$(err)" \
  "error: acme: .*invalid_grant.*muster link certified --name acme'"
is 'the server took it for theft' "$(count '.what == "refusal" and (.detail | test("already used"))')" 1
is 'the account is known to need it' "$(state acme)" needs_linking
sent=$(wc -l <"$server/ledger.ndjson")
status 'so the server is not asked again' 11 run acme list_people
is 'indeed' "$(wc -l <"$server/ledger.ndjson")" "$sent"
rm -r "$scratch/data"
mv "$scratch/lived_on" "$scratch/data"
status 'the one who lived on has lost it, too' 11 run acme list_people
status 'link again' 0 link certified --name acme
status 'then all is well' 0 run acme list_people

# --- An answer that is lost

server_does cut
refused 'the line is cut while a code is redeemed' 8 'connection' link certified --name lost
server_does expire
server_does cut
before=$(refreshes)
status 'the line is cut while a token is renewed' 8 run acme list_people
is 'the server has renewed it' "$(($(refreshes) - before))" 1
status 'nobody knows that, so it is not sent again' 11 run acme list_people
like 'which is told' "$(err)" 'cut off.*would pass for theft'
is 'nor has it been' "$(count '.what == "refusal" and (.detail | test("already used"))')" 1
status 'link again' 0 link certified --name acme
status 'then all is well' 0 run acme list_people

# --- Consent that is withdrawn

server_does withdraw
status 'consent withdrawn' 11 account test acme
like 'it is said what to do' "$(err)" "muster link certified --name acme'"
status 'a run' 11 run acme list_people
status 'the API' 11 "$muster" api acme /people
like 'that says so, too' "$(err)" "error: acme: .*muster link certified --name acme'"
status 'among others' 11 run acme,part,away list_people
is 'each is named' "$(grep -o 'error: [a-z]*:' "$scratch/err" | sort | tr '\n' ' ')" \
  'error: acme: error: away: error: part: '
status 'it is found' 10 account list --unhealthy --json
is 'with its reason' "$(jq -r '.[] | select(.name == "acme") | .health' "$scratch/out")" needs_linking
status 'link again' 0 link certified --name acme
is 'it is the same account' "$(names)" 'acme away part '
status 'then it runs' 0 run acme list_people
before=$(count '.what == "revoked"')
status 'unlink' 0 "$muster" unlink acme
is 'the tokens were given back' "$(($(count '.what == "revoked"') - before))" 1
status 'where they are gone already' 0 "$muster" unlink away

# --- What was said and kept

is 'the server found no fault in itself' "$(ledger 'select(.what == "fault")')" ''
fails 'no secret is stored in the open' grep -rqF c4n4ry "$scratch/data" "$scratch/cache" "$scratch/config"
done_testing
