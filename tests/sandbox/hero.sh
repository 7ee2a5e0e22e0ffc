# shellcheck shell=sh disable=SC2154,SC2034 # some names are those of sandbox.sh and its users
# For the tests of the simulated Employment Hero: consent, tokens, calls. Source it after sandbox.sh.

hero_auth=https://oauth.employmenthero.com/oauth2
hero_api=https://api.employmenthero.com
hero_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk # of RFC 7636, appendix B
hero_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM

# hero_start [OPTION…]: a new sandbox.
hero_start() {
	sandbox_start "$@"
	hero_id=$(jq -r .client_id "$sandbox_dir/employment_hero.json")
	hero_secret=$(jq -r .client_secret "$sandbox_dir/employment_hero.json")
	hero_redirect=$(jq -r .redirect_url "$sandbox_dir/employment_hero.json")
	hero_page="$hero_auth/authorize?response_type=code&client_id=$hero_id&state=s1%26\
&code_challenge=$hero_challenge&code_challenge_method=S256\
&redirect_uri=$(printf %s "$hero_redirect" | jq -sRr @uri)"
	MUSTER_CONNECT_TO=$sandbox_to
	MUSTER_CA_FILE=$sandbox_dir/ca.pem
	export MUSTER_CONNECT_TO MUSTER_CA_FILE
}

# consent HOW: what the person's browser shows at the end.
consent() {
	"$sandbox_program" consent "$1" "$hero_page"
}

# code: a new one.
code() {
	consent yes | sed 's/.*[?&]code=\([^&]*\).*/\1/'
}

# hero_token ARGUMENT…: a token request of the application; the body goes to $scratch/token, the status is printed.
hero_token() {
	fetch -o "$scratch/token" -w '%{http_code}' --data-urlencode "client_id=$hero_id" \
		--data-urlencode "client_secret=$hero_secret" "$@" "$hero_auth/token" 2>"$scratch/curl.err"
}

# redeem CODE [ARGUMENT…]
redeem() {
	redeem_code=$1
	shift
	hero_token -d grant_type=authorization_code -d "code=$redeem_code" \
		-d "code_verifier=$hero_verifier" --data-urlencode "redirect_uri=$hero_redirect" "$@"
}

# refresh TOKEN
refresh() {
	hero_token -d grant_type=refresh_token -d "refresh_token=$1"
}

# token_member NAME: of the last answer.
token_member() {
	jq -r ".$1 // \"\"" "$scratch/token"
}

# hero_sign_in: $hero_access and $hero_refresh are good.
hero_sign_in() {
	redeem "$(code)" >/dev/null
	hero_access=$(token_member access_token)
	hero_refresh=$(token_member refresh_token)
}

# hero_get PATH [ARGUMENT…]: an API call; the body is left in $scratch/body, the head in $scratch/head, the status
# printed.
hero_get() {
	hero_path=$1
	shift
	fetch -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' -H "Authorization: Bearer $hero_access" \
		"$@" "$hero_api$hero_path" 2>"$scratch/curl.err"
}

# control FIELD=VALUE…: what the sandbox is told; the status is printed.
control() {
	control_form=
	for control_field; do
		control_form="$control_form&$control_field"
	done
	fetch -o /dev/null -w '%{http_code}' -d "${control_form#&}" "$hero_api/.sandbox/control"
}

# grants FILTER: what the ledger says of codes and refresh tokens, by a jq filter over the list of them.
grants() {
	jq -rs "[.[]|.grant|select(.)]|$1" "$sandbox_dir/ledger.ndjson"
}
