# shellcheck shell=sh disable=SC2154,SC2034 # some names are those of sandbox.sh and its users
# For the tests of the simulated Personio: tokens, calls, pages. Source it after sandbox.sh.

personio_api=https://api.personio.de

# personio_start [OPTION…]: a new sandbox.
personio_start() {
	sandbox_start "$@"
	personio_id=$(jq -r .client_id "$sandbox_dir/personio.json")
	personio_secret=$(jq -r .client_secret "$sandbox_dir/personio.json")
	personio_access=
}

# send PATH [ARGUMENT…]: a request without a token; the body is left in $scratch/body, the head in $scratch/head,
# the status printed.
send() {
	send_path=$1
	shift
	rm -f "$scratch/body" "$scratch/head"
	fetch -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' "$@" "$personio_api$send_path" \
		2>"$scratch/curl.err"
}

# ask_token [ARGUMENT…]: a token of v2 for the right credentials.
# shellcheck disable=SC2120 # the arguments are for those who want them
ask_token() {
	send /v2/auth/token -d grant_type=client_credentials --data-urlencode "client_id=$personio_id" \
		--data-urlencode "client_secret=$personio_secret" "$@"
}

# ask_v1_token: one of v1.
ask_v1_token() {
	send /v1/auth --data-urlencode "client_id=$personio_id" \
		--data-urlencode "client_secret=$personio_secret"
}

# personio_sign_in [v1]: $personio_access is then a token.
personio_sign_in() {
	if [ "${1:-v2}" = v1 ]; then
		ask_v1_token >/dev/null
		personio_access=$(body .data.token)
	else
		ask_token >/dev/null
		personio_access=$(body .access_token)
	fi
}

# call PATH [ARGUMENT…]: a request with the token, and the header that some endpoints want.
call() {
	send "$@" -H "Authorization: Bearer $personio_access" -H 'Beta: true'
}

# body FILTER: what jq makes of the last body.
body() {
	jq -r "$1" "$scratch/body"
}

# header NAME: of the last head.
header() {
	grep -i "^$1:" "$scratch/head" | tr -d '\r' | sed 's/^[^:]*: //'
}

# pages PATH: all records of a list, one a line, by the links; the number of pages goes to $scratch/pages.
pages() {
	pages_next=$1
	pages_count=0
	while [ -n "$pages_next" ]; do
		call "$pages_next" >/dev/null || return 1
		jq -c '._data[]' "$scratch/body" || return 1
		pages_count=$((pages_count + 1))
		pages_next=$(jq -r --arg api "$personio_api" '._meta.links.next.href // "" | ltrimstr($api)' \
			"$scratch/body")
	done
	echo "$pages_count" >"$scratch/pages"
}

# noted FILTER: what the ledger says of the last request.
noted() {
	tail -n 1 "$sandbox_dir/ledger.ndjson" | jq -c "$1"
}
