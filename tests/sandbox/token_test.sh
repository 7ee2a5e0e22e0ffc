#!/bin/sh
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

sandbox_start --employees 5 --token-life 1800
scope=target-entity:$sandbox_entity:employees-read

# refused NAME STATUS CODE ARGUMENT…: the token request is answered by this error of RFC 6749, section 5.2.
refused() {
	refused_name=$1
	refused_wanted="$2 $3"
	shift 3
	token_request "$@" >"$scratch/answer"
	is "$refused_name" "$(tail -n 1 "$scratch/answer") $(head -n 1 "$scratch/answer" |
		jq -r .error)" "$refused_wanted"
}

answer=$(token employees-read,employee-demographics-read)
body=$(printf '%s\n' "$answer" | head -n 1)
is "the right credentials are answered" "$(printf '%s\n' "$answer" | tail -n 1)" 200
is "with the members of the reference" "$(printf '%s' "$body" | jq -cS 'keys')" \
	'["access_token","expires_in","scope","token_type"]'
is "the scope as it was asked for" "$(printf '%s' "$body" | jq -r .scope)" \
	"target-entity:$sandbox_entity:employees-read,employee-demographics-read"
is "and the time that it lives" "$(printf '%s' "$body" | jq -r .expires_in)" 1800
like "the token looks like a JWT" "$(printf '%s' "$body" | jq -r .access_token)" \
	'^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$'
token_request -D "$scratch/head" -d grant_type=client_credentials >/dev/null
like "no cache keeps an answer" "$(cat "$scratch/head")" '^[Cc]ache-[Cc]ontrol: no-store'

basic() {
	token_request -H "Authorization: Basic $(printf %s "$1:$2" | base64 -w 0)" \
		-d grant_type=client_credentials --data-urlencode "scope=$scope"
}
encoded_secret=$(printf %s "$sandbox_secret" | jq -sRr @uri)
is "HTTP Basic does as well" "$(basic "$sandbox_id" "$sandbox_secret" | tail -n 1)" 200
is "also with the secret encoded as RFC 6749 wants it" \
	"$(basic "$sandbox_id" "$encoded_secret" | tail -n 1)" 200
is "but not with a wrong secret" "$(basic "$sandbox_id" wrong | tail -n 1)" 401

refused "a wrong secret" 401 invalid_client -d grant_type=client_credentials -d client_secret=wrong \
	--data-urlencode "client_id=$sandbox_id" --data-urlencode "scope=$scope"
refused "a wrong id" 401 invalid_client -d grant_type=client_credentials -d client_id=wrong \
	--data-urlencode "client_secret=$sandbox_secret" --data-urlencode "scope=$scope"
refused "no credentials" 401 invalid_client -d grant_type=client_credentials \
	--data-urlencode "scope=$scope"
refused "another grant" 400 unsupported_grant_type -d grant_type=password
refused "no grant" 400 invalid_request -d grant=client_credentials
refused "a grant twice" 400 invalid_request -d grant_type=client_credentials \
	-d grant_type=client_credentials
refused "JSON" 400 invalid_request -H 'Content-Type: application/json' \
	-d '{"grant_type":"client_credentials"}'
refused "a broken form" 400 invalid_request -d 'grant_type=%zz'
refused "GET" 405 invalid_request -G -d grant_type=client_credentials
refused "credentials in two places" 400 invalid_request -u a:b -d grant_type=client_credentials \
	--data-urlencode "client_id=$sandbox_id" --data-urlencode "client_secret=$sandbox_secret" \
	--data-urlencode "scope=$scope"

# bad_scope NAME SCOPE
bad_scope() {
	refused "$1" 400 invalid_scope -d grant_type=client_credentials \
		--data-urlencode "client_id=$sandbox_id" \
		--data-urlencode "client_secret=$sandbox_secret" --data-urlencode "scope=$2"
}
bad_scope "an empty scope" ""
bad_scope "a scope without entity" employees-read
bad_scope "another entity" target-entity:79040b4d-3e2b-4480-a061-2e230eeb83b2:employees-read
bad_scope "no permission" "target-entity:$sandbox_entity:"
bad_scope "an unknown permission" "$scope,employees-write"
bad_scope "a space after the comma" "$scope, employee-demographics-read"
bad_scope "a comma at the end" "$scope,"
bad_scope "a permission that can no longer be had" "target-entity:$sandbox_entity:surveys-read"
refused "no scope" 400 invalid_scope -d grant_type=client_credentials \
	--data-urlencode "client_id=$sandbox_id" --data-urlencode "client_secret=$sandbox_secret"

sandbox_start --employees 5 --permissions employees-read --token-life 0
is "credentials may have fewer permissions" "$(token performance-evaluations-read | tail -n 1)" 400
sign_in employees-read
is "a token without life is refused" "$(get /employees)" 401
is "in the provider's words" "$(jq -c . "$scratch/body")" \
	'{"code":401,"message":"the access token expired"}'

done_testing
