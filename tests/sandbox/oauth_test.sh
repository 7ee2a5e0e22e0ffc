#!/bin/sh
# Authorization code with PKCE, refresh tokens, the person who consents, and what a test may tell the sandbox.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/hero.sh"

hero_start --employees 3

# --- The page

is "the default redirect is the connector's" "$hero_redirect" https://localhost/muster/employment_hero
is "the page is shown" "$(fetch -o "$scratch/page" -w '%{http_code} %{content_type}' "$hero_page")" \
	"200 text/html; charset=utf-8"
like "a person may allow" "$(cat "$scratch/page")" '<button name="decision" value="allow">'
like "and deny" "$(cat "$scratch/page")" '<button name="decision" value="deny">'

# sent_back NAME CHANGE PATTERN: the page's URL, changed by sed, leads straight back with this error.
sent_back() {
	sent_back_page=$(printf %s "$hero_page" | sed "$2")
	like "$1" "$(fetch -o /dev/null -w '%{http_code} %{redirect_url}' "$sent_back_page")" \
		"^302 https://localhost/muster/employment_hero\\?error=$3&.*state=s1%26"
}
sent_back "another response type" 's/response_type=code/response_type=token/' unsupported_response_type
sent_back "no response type" 's/response_type=code&//' invalid_request
sent_back "no challenge" 's/code_challenge=[^&]*&//' invalid_request
sent_back "a challenge that is none" 's/code_challenge=[^&]*&/code_challenge=abc\&/' invalid_request
sent_back "the plain method" 's/S256/plain/' invalid_request
sent_back "no method, which means plain" 's/&code_challenge_method=S256//' invalid_request
sent_back "a parameter twice" 's/$/\&response_type=code/' invalid_request
sent_back "a scope, which is the application's" 's/$/\&scope=employees%3Alist/' invalid_scope
is "no state" "$(fetch -o /dev/null -w '%{redirect_url}' "$(printf %s "$hero_page" | sed 's/state=[^&]*&//')" |
	grep -c 'error=invalid_request&error_description=state')" 1

# stays NAME CHANGE: nobody is sent anywhere.
stays() {
	is "$1" "$(fetch -o "$scratch/page" -w '%{http_code} %{redirect_url}' "$(printf %s "$hero_page" |
		sed "$2")")" "400 "
}
stays "another redirect URL" 's,muster%2Femployment_hero,evil,'
stays "a redirect URL with more at its end" 's,muster%2Femployment_hero,&%2F,'
stays "no redirect URL" 's/&redirect_uri=.*//'
stays "an unknown client" 's/client_id=/&x/'
stays "no query" 's/[?].*//'
is "the page knows GET and POST alone" "$(fetch -o /dev/null -w '%{http_code}' -X PUT "$hero_page")" 405
is "a decision needs a request" "$(fetch -o /dev/null -w '%{http_code}' -d decision=allow "$hero_auth/authorize")" 400

# --- The person

like "who allows is sent back with code and state" "$(consent yes)" \
	'^https://localhost/muster/employment_hero\?code=[A-Za-z0-9_-]+&state=s1%26$'
like "who denies, with an error" "$(consent no)" '\?error=access_denied&error_description=[^&]+&state=s1%26$'
like "another's redirect has another state" "$(consent wrong-state)" '\?code=[A-Za-z0-9_-]+&state=A1%26$'
status "there is no other person" 2 "$sandbox_program" consent perhaps "$hero_page"
status "who needs a page" 2 "$sandbox_program" consent yes
status "at https" 2 "$sandbox_program" consent yes http://127.0.0.1:1/
status "a page that is an error ends the person" 1 "$sandbox_program" consent yes "$hero_auth/authorize"
like "with what it says" "$(cat "$scratch/err")" 'client_id is wrong'

# --- Codes

code=$(code)
is "a code is redeemed" "$(redeem "$code")" 200
is "the answer has the members of the documentation" "$(jq -cS '[keys, .token_type, .expires_in]' "$scratch/token")" \
	'[["access_token","expires_in","refresh_token","token_type"],"bearer",900]'
hero_access=$(token_member access_token)
hero_refresh=$(token_member refresh_token)
is "the access token is good" "$(hero_get /api/v1/organisations)" 200
is "a code is redeemed once" "$(redeem "$code") $(token_member error)" "400 invalid_grant"
is "and the second time ends what the first one gave" "$(hero_get /api/v1/organisations)" 401
is "all of it" "$(refresh "$hero_refresh") $(token_member error)" "400 invalid_grant"

# refused NAME WANTED ARGUMENT…: of the token endpoint, with a code that is good.
refused() {
	refused_name=$1
	refused_wanted=$2
	shift 2
	is "$refused_name" "$(hero_token "$@") $(token_member error)" "$refused_wanted"
}
code=$(code)
good="-d grant_type=authorization_code -d code=$code -d code_verifier=$hero_verifier"
# shellcheck disable=SC2086 # $good is several words
{
	refused "another verifier" "400 invalid_grant" -d grant_type=authorization_code -d "code=$code" \
		-d "code_verifier=x$hero_verifier" --data-urlencode "redirect_uri=$hero_redirect"
	refused "a verifier that is too short" "400 invalid_grant" -d grant_type=authorization_code \
		-d "code=$code" -d code_verifier=x --data-urlencode "redirect_uri=$hero_redirect"
	refused "another redirect URL" "400 invalid_grant" $good -d redirect_uri=https://localhost/
	refused "no redirect URL" "400 invalid_request" $good
	refused "another code" "400 invalid_grant" -d grant_type=authorization_code -d "code=x$code" \
		-d "code_verifier=$hero_verifier" --data-urlencode "redirect_uri=$hero_redirect"
	refused "JSON" "400 invalid_request" -H 'Content-Type: application/json'
	refused "credentials in a header" "400 invalid_request" -u a:b $good \
		--data-urlencode "redirect_uri=$hero_redirect"
}
refused "another grant" "400 unsupported_grant_type" -d grant_type=client_credentials
refused "no grant" "400 invalid_request"
is "a wrong secret" "$(fetch -o "$scratch/token" -w '%{http_code}' -d "client_id=$hero_id" -d client_secret=x \
	-d grant_type=refresh_token -d refresh_token=x "$hero_auth/token") $(token_member error)" \
	"401 invalid_client"
is "a parameter in the query" "$(fetch -o "$scratch/token" -w '%{http_code}' -d "code=$code" \
	"$hero_auth/token?grant_type=authorization_code") $(token_member error)" "400 invalid_request"
is "after all of these the code is as good as before" "$(redeem "$code")" 200
code=$(code)
is "the clock is moved" "$(control clock=601)" 200
is "a code grows old" "$(redeem "$code") $(token_member error_description)" "400 the code is too old"

# --- Refresh tokens

hero_sign_in
first=$hero_refresh
is "a refresh" "$(refresh "$first")" 200
second=$(token_member refresh_token)
ok "gives another refresh token" [ "$first" != "$second" ]
is "the old one is refused" "$(refresh "$first") $(token_member error)" "400 invalid_grant"
is "the new one is good" "$(refresh "$second")" 200
third=$(token_member refresh_token)
control rotation=off >/dev/null
is "without rotation" "$(refresh "$third") $(token_member refresh_token)" "200 $third"
is "it is the same for ever" "$(refresh "$third") $(token_member refresh_token)" "200 $third"
control rotation=grace >/dev/null
refresh "$third" >/dev/null
fourth=$(token_member refresh_token)
is "with grace the last one may come again" "$(refresh "$third")" 200
fifth=$(token_member refresh_token)
is "what nobody has got is refused" "$(refresh "$fourth")" 400
is "until the new one is used" "$(refresh "$fifth") $(refresh "$third")" "200 400"
is "a reused token is told in the ledger" "$(grants 'last|[.type,.outcome]|join(" ")')" "refresh_token reused"
control rotation=strict >/dev/null
hero_sign_in
refresh "$hero_refresh" >/dev/null
newest=$(token_member refresh_token)
is "strictly, reuse" "$(refresh "$hero_refresh")" 400
is "ends the newest, too" "$(refresh "$newest") $(token_member error_description)" "400 the grant was revoked"
is "and the access token" "$(hero_get /api/v1/organisations)" 401
is "as the ledger says" "$(grants '.[-2:]|map(.outcome)|join(" ")')" "reused revoked"
hero_sign_in
family=$(grants 'last.family')
is "a family can be revoked" "$(control "revoke=$family") $(refresh "$hero_refresh")" "200 400"
is "one that there is" "$(control revoke=999) $(control revoke=x) $(control rotation=x) $(control clock=x)" \
	"400 400 400 400"

control rotation=on >/dev/null
hero_sign_in
cat >"$scratch/at_once.sh" <<END
exec curl -sS --max-time 60 --cacert "$sandbox_dir/ca.pem" --connect-to "$sandbox_map" -o /dev/null -w '%{http_code}\n' \\
	-d "client_id=$hero_id" --data-urlencode 'client_secret=$hero_secret' -d grant_type=refresh_token \\
	-d "refresh_token=$hero_refresh" "$hero_auth/token"
END
seq 12 | xargs -P 12 -n 1 sh "$scratch/at_once.sh" >"$scratch/statuses"
is "of twelve at once one is first" "$(sort "$scratch/statuses" | uniq -c | awk '{print $1, $2}' | paste -sd ' ')" \
	"1 200 11 400"
is "and the ledger knows it" "$(grants '.[-12:]|map(.outcome)|sort|join(" ")')" "accepted$(printf ' reused%.0s' $(seq 11))"

# --- Access tokens

hero_sign_in
control clock=840 >/dev/null
is "an access token lives 15 minutes" "$(hero_get /api/v1/organisations)" 200
control clock=60 >/dev/null
is "and no longer" "$(hero_get /api/v1/organisations)" 401
is "the refresh token does" "$(refresh "$hero_refresh")" 200
hero_access=$(token_member access_token)
is "all can be expired at once" "$(control expire=all) $(hero_get /api/v1/organisations)" "200 401"
is "no token is none" "$(fetch -o /dev/null -w '%{http_code}' "$hero_api/api/v1/organisations")" 401

# --- The ledger

for secret in "$hero_refresh" "$newest" "$code" "$hero_access" "$hero_secret"; do
	fails "the ledger has no secret" grep -qF -e "$secret" "$sandbox_dir/ledger.ndjson"
done
is "it has fingerprints" "$(grants '[.[]|select(.type == "refresh_token").used]|last')" \
	"$(printf %s "$hero_refresh" | sha256sum | cut -c 1-16)"
hero_token -G -d "refresh_token=$hero_refresh" >/dev/null
is "nor what stood in a query" "$(jq -s 'last.secret_in_url' "$sandbox_dir/ledger.ndjson")" true
fails "as it came" grep -qF -e "$hero_refresh" "$sandbox_dir/ledger.ndjson"

# --- Other redirects

hero_start --redirect http://127.0.0.1/callback --rotation strict
is "a redirect can be chosen" "$hero_redirect" http://127.0.0.1/callback
hero_page=$(printf %s "$hero_page" | sed 's,%3A%2F%2F127.0.0.1,&%3A12345,')
like "on this machine with any port" "$(fetch -D - -o /dev/null "$hero_page")" '^HTTP/1.1 200'
status "to where the person goes" 1 "$sandbox_program" consent yes \
	"$(printf %s "$hero_page" | sed 's/12345/1/')"
like "though nobody is there" "$(cat "$scratch/err")" "can't be opened"
status "a redirect in the clear to elsewhere is refused" 2 "$sandbox_program" --redirect http://example.com/

# --- Faults

hero_start --fault consent_issuer
like "consent_issuer" "$(consent yes)" '&iss=https%3A%2F%2Foauth.employmenthero.com$'
hero_start --fault consent_foreign_issuer
like "consent_foreign_issuer" "$(consent yes)" '&iss=https%3A%2F%2Fattacker.example$'
hero_start --fault consent_error
like "consent_error" "$(consent yes)" 'error=server_error&'
hero_start --fault token_lost@2-2
hero_sign_in
is "token_lost: there is no answer" "$(refresh "$hero_refresh")" 000
is "but the token is used up" "$(refresh "$hero_refresh") $(grants '[.[-2:][].outcome]|join(" ")')" \
	"400 accepted reused"
hero_start --fault token_dropped@2-2
hero_sign_in
is "token_dropped: there is no answer" "$(refresh "$hero_refresh")" 000
is "and nothing has happened" "$(refresh "$hero_refresh")" 200
hero_start --fault token_without_refresh@2-2
hero_sign_in
is "token_without_refresh" "$(refresh "$hero_refresh") $(token_member refresh_token)" "200 "
is "leaves the old one good" "$(refresh "$hero_refresh")" 200
hero_start --fault token_message@2
hero_sign_in
is "token_message" "$(refresh "$hero_refresh") $(cat "$scratch/token")" '400 {"message":"Invalid token"}'
hero_start --fault token_malformed@2
hero_sign_in
is "token_malformed" "$(refresh "$hero_refresh")" 200
fails "is no JSON" jq . "$scratch/token"
hero_start --fault token_redirect
is "token_redirect" "$(redeem x -D "$scratch/head")" 307
like "leads to the same path" "$(tr -d '\r' <"$scratch/head")" '^[Ll]ocation: /oauth2/token$'
hero_start --fault token_redirect_foreign=302
is "token_redirect_foreign" "$(redeem x -D "$scratch/head")" 302
like "leads away" "$(cat "$scratch/head")" '^[Ll]ocation: https://attacker.example/'

done_testing
