# shellcheck shell=sh
# A value is never scanned for references: what a person enters, what a record says, what was found and kept, all of
# it reaches the provider as the text that it is. The sandbox's ledger tells.
# shellcheck disable=SC2154 # scratch is of tap.sh
builddir=${top_builddir:?}
muster=$builddir/host/muster
built=$builddir/tests/plugins/.libs/literal.so

# The whole script runs inside of the sandbox, which answers the hosts that the mock borrows.
if [ -z "${MUSTER_SANDBOX_DIR-}" ] && [ -x "$builddir/host/muster-sandbox" ] && [ -e "$built" ]; then
  exec "$muster" sandbox --employees 1 -- sh "$0"
fi

# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
[ -x "$builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$built" ] || skip_all 'plugins are shared objects, and none was built'
umask 077
unset MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
MUSTER_PLUGIN_PATH=$scratch/plugins
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME MUSTER_PLUGIN_PATH
mkdir "$MUSTER_PLUGIN_PATH"
cp "$built" "$MUSTER_PLUGIN_PATH/literal.so"
jq '{client_id, client_secret}' "$MUSTER_SANDBOX_DIR/culture_amp.json" > "$scratch/credentials.json"
ledger=$MUSTER_SANDBOX_DIR/ledger.ndjson

# What the mock's records have for an id, and how it looks in a URL.
hostile='{field.client_secret}{{token}}{token}%7Bfield.client_secret%7D{parameter.id}'
in_url=$(jq -rn --arg text "$hostile" '$text | @uri')

run() { "$muster" run literal "$@"; }
out() { cat "$scratch/out"; }
# last: the path and query of the last request, whether it was answered or not.
last() { tail -n 1 "$ledger" | jq -r '.path + (if .query then "?" + .query else "" end)'; }

status 'linked, with what was found' 0 \
  "$muster" link literal --credentials "$scratch/credentials.json" note="$hostile"
is 'it is kept as it is' "$("$muster" account show literal --json | jq -r .fields.company)" "$hostile"
status 'a record' 0 run list_companies
is 'comes out as it is' "$(jq -r .id "$scratch/out")" "$hostile"
status 'a default' 0 run list_employees
is 'is sent as it is' "$(last)" "/v1/employees?phone=$in_url"
status 'a parameter' 0 run list_employees "email=$hostile" phone=1
is 'is sent as it is, too' "$(last)" "/v1/employees?email=$in_url&phone=1"
status 'an id in the path' 14 run get_person "id=$hostile"
is 'is one segment' "$(last)" "/v1/employees/$in_url"
status 'an id of a record, by --each' 0 run get_person --each employee
is 'is, too' "$(last)" "/v1/employees/$in_url"
status 'an id of a record, to complete it' 0 run list_completed
is 'is no other' "$(last)" "/v1/employees/$in_url"
status 'a field that was found, in the path' 14 run list_elsewhere
is 'is sent as it is' "$(last)" "/$in_url/v2"
is 'and a field in a header' "$(tail -n 1 "$ledger" | jq -r '.headers."X-Personio-App-ID"')" "$hostile"
unlike 'what the provider says of it shows no secret' "$(cat "$scratch/err")" \
  "$(jq -r '.client_secret[0:10]' "$scratch/credentials.json")"
status 'a path of api' 14 "$muster" api literal "/v1/employees/$in_url?email=$in_url"
is 'is sent as it is' "$(last)" "/v1/employees/$in_url?email=$in_url"
before=$(wc -l < "$ledger")
status 'one that is none' 2 "$muster" api literal "/v1/employees/$hostile"
is 'is not sent' "$(wc -l < "$ledger")" "$before"
fails 'no secret stood in any URL' grep -q secret_in_url "$ledger"

status 'without an account' 0 "$muster" run literal list_employees --credentials "$scratch/credentials.json" \
  "email=$hostile" phone=2
is 'it is the same' "$(last)" "/v1/employees?email=$in_url&phone=2"

done_testing
