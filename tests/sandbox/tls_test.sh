#!/bin/sh
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

sandbox_start --employees 50
port=$(jq .port "$sandbox_dir/ready")

is "ready names the folder" "$(jq -r .dir "$sandbox_dir/ready")" "$(realpath "$sandbox_dir")"
is "stdout says the same as ready" "$(jq -c . "$scratch/sandbox.out")" "$(jq -c . "$sandbox_dir/ready")"
is "the folder is for its owner alone" "$(stat -c %a "$sandbox_dir")" 700
is "so are the credentials" "$(stat -c %a "$sandbox_dir/culture_amp.json")" 600

is "the provider's host name is verified and answered" \
	"$(fetch -o "$scratch/body" -w '%{http_code}' "$sandbox_api/employees")" 401
status "an unknown CA is refused" 60 curl -sS --connect-to "$sandbox_map" "$sandbox_api/employees"
status "another host name is refused" 60 curl -sS --cacert "$sandbox_dir/ca.pem" \
	--connect-to "example.com:443:127.0.0.1:$port" https://example.com/v1/employees
status "so is the address" 60 curl -sS --cacert "$sandbox_dir/ca.pem" \
	"https://127.0.0.1:$port/v1/employees"
is "a host that nobody simulates is misdirected" \
	"$(fetch -o "$scratch/body" -w '%{http_code}' -H 'Host: example.com' "$sandbox_api/employees")" 421

kill -TERM "$sandbox_pid"
wait "$sandbox_pid"
is "SIGTERM ends it in peace" "$?" 0
sandbox_pid=
ok "ready is gone then" test ! -e "$sandbox_dir/ready"
ok "the ledger stays" test -s "$sandbox_dir/ledger.ndjson"

out=$("$sandbox_program" --json --until-eof </dev/null)
is "the end of stdin ends it" "$?" 0
ok "a temporary folder is removed" test ! -e "$(printf '%s' "$out" | jq -r .dir)"

done_testing
