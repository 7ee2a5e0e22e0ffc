#!/bin/sh
# Hooks, end to end: a connector that validates, authenticates and runs by code of its own, in its jail.
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] || skip_all 'muster-sandbox is not built: install libmicrohttpd-dev and libgnutls28-dev'
need jq

mkdir "$scratch/plugins" "$scratch/sandbox"
chmod 700 "$scratch/sandbox"
cp "$top_builddir/tests/plugins/.libs/hooked.so" "$scratch/plugins/"
MUSTER_PLUGIN_PATH=$scratch/plugins
XDG_CACHE_HOME=$scratch/cache
export MUSTER_PLUGIN_PATH XDG_CACHE_HOME

# run BEHAVIOUR: list_hooked with that behaviour; output in $scratch/out, error in $scratch/err.
cat >"$scratch/run" <<'RUN'
#!/bin/sh
jq --arg b "$1" '. + {behaviour: $b}' "$MUSTER_SANDBOX_DIR/culture_amp.json" > "$SCRATCH/c.json"
chmod 600 "$SCRATCH/c.json"
"$MUSTER" run hooked list_hooked --json --credentials "$SCRATCH/c.json" >"$SCRATCH/out" 2>"$SCRATCH/err"
echo $? >"$SCRATCH/status"
cp "$MUSTER_SANDBOX_DIR/ledger.ndjson" "$SCRATCH/ledger"
RUN
chmod +x "$scratch/run"
MUSTER=$muster SCRATCH=$scratch
export MUSTER SCRATCH

run() {
	"$muster" sandbox --employees 3 -- "$scratch/run" "$1"
	status=$(cat "$scratch/status")
	code=$(jq -r .code "$scratch/err" 2>/dev/null)
}

run good
is 'a hook authenticates and runs' "$status" 0
is 'it yields its records, mapped' "$(jq -r .id "$scratch/out" | tr '\n' ' ')" '1 2 '
is 'what the model has no place for is custom' "$(jq -c '.custom_fields[0]' "$scratch/out" | head -n 1)" \
	'{"id":"status","name":"Status","value":200,"type":"number"}'
is 'its requests went to the provider' "$(jq -r 'select(.path == "/v1/employees") | .query' "$scratch/ledger" | tr '\n' ' ')" \
	'email=nobody-1%40example.com email=nobody-2%40example.com '

run peek
is 'a hook sees of a secret that it is there, not what it is' "$status" 0

run no_token
is 'a hook without a token is a plugin fault' "$status/$code" 9/plugin_fault

run problem
is 'what a hook finds wrong is a bad field' "$status/$code" 3/bad_field
is 'and is named' "$(jq -r '.problems[0].field' "$scratch/err")" behaviour

run refused
is 'a refusal of the provider is told as such' "$status/$code" 4/authentication_failed

run endless
is 'a hook may not ask for tokens without end' "$status/$code" 9/plugin_fault

run invalid
is 'validate runs before anything is sent' "$status/$code" 3/bad_field
is 'and nothing was sent' "$(wc -l <"$scratch/ledger" | tr -d ' ')" 0

run broken_validate
is 'a validate hook that fails is a plugin fault' "$status/$code" 9/plugin_fault

# A linked account: what the hook brought is kept, and brought anew when the provider no longer takes it.
cat >"$scratch/linked" <<'LINKED'
#!/bin/sh
tokens() { jq -c 'select(.path == "/v1/oauth2/token")' "$MUSTER_SANDBOX_DIR/ledger.ndjson" | wc -l | tr -d ' '; }
"$MUSTER" link hooked --name h --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" </dev/null >/dev/null &&
	"$MUSTER" run h list_hooked | jq -r .id && tokens &&
	"$MUSTER" run h list_hooked | jq -r .id && tokens &&
	curl -sS -o /dev/null --cacert "$MUSTER_CA_FILE" --connect-to "${MUSTER_CONNECT_TO%%,*}" -d expire=all \
		https://api.cultureamp.com/.sandbox/control &&
	"$MUSTER" run h list_hooked | jq -r .id && tokens
LINKED
chmod +x "$scratch/linked"
need curl
(
	unset CREDENTIALS_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD
	umask 077
	XDG_CONFIG_HOME=$scratch/config MUSTER_DATA_DIR=$scratch/data "$muster" sandbox -- "$scratch/linked"
) >"$scratch/out" 2>"$scratch/err" || diag "$(cat "$scratch/err")"
is 'a linked account keeps what a hook brought' "$(tr '\n' ' ' <"$scratch/out")" '1 2 2 1 2 2 1 2 3 '

done_testing
