#!/bin/sh
# The tokens of the simulated Personio: v2's, v1's, their errors, and what the ledger notes.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/personio.sh"

personio_start --employees 5
like "credentials are recognised at sight" "$personio_id $personio_secret" '^papi-.* papi-'
is "a company name is among them" "$(jq -r .app_id "$sandbox_dir/personio.json")" ACME_GMBH

is "the right credentials are answered" "$(ask_token)" 200
is "with the members of the example" "$(body 'keys|join(" ")')" "access_token expires_in scope token_type"
like "a token is recognised at sight, too" "$(body .access_token)" '^papi-'
is "for a day" "$(body .expires_in)" 86400
is "with all rights" "$(body '.scope|split(" ")|length')" 12
is "or with those that were asked for" \
	"$(ask_token -d 'scope=personio:persons:read personio:absences:read') $(body .scope)" \
	"200 personio:persons:read personio:absences:read"
is "an empty scope is no scope" "$(ask_token -d scope=) $(body '.scope|split(" ")|length')" "200 12"

# refused NAME ERROR ARGUMENT…: the token endpoint answers 400 with this error.
refused() {
	refused_name=$1
	refused_error=$2
	shift 2
	is "$refused_name" "$(send /v2/auth/token "$@") $(body .error)" "400 $refused_error"
}
refused "a wrong secret" invalid_client -d grant_type=client_credentials -d client_id="$personio_id" \
	-d client_secret=wrong
is "is told as a problem" "$(header Content-Type)" application/problem+json
is "with the members of the example" "$(body 'keys|join(" ")')" \
	"error error_description error_uri meta timestamp trace_id"
refused "no form at all" invalid_request -X POST -H 'Content-Type: application/x-www-form-urlencoded'
is "names what is missing" "$(body '.meta.missing_parameters|join(" ")')" \
	"grant_type client_id client_secret"
refused "JSON" invalid_request -H 'Content-Type: application/json' \
	-d '{"grant_type":"client_credentials"}'
like "is refused in words" "$(body .error_description)" 'content type.*application/x-www-form-urlencoded'
refused "HTTP Basic" invalid_request -u "$personio_id:$personio_secret" -d grant_type=client_credentials
refused "another grant" unsupported_grant_type -d grant_type=password -d client_id=x -d client_secret=y
refused "a scope that there is not" invalid_scope -d grant_type=client_credentials \
	--data-urlencode "client_id=$personio_id" --data-urlencode "client_secret=$personio_secret" \
	-d 'scope=personio:persons:write'
is "GET is not there" "$(send /v2/auth/token)" 404

personio_sign_in
first=$personio_access
is "a token opens the persons" "$(call /v2/persons)" 200
personio_sign_in
is "revoking one is answered without words" "$(send /v2/auth/revoke -d "token=$first") $(wc -c <"$scratch/body")" \
	"200 0"
is "the other is still good" "$(call /v2/persons)" 200
personio_access=$first
is "the revoked one is not" "$(call /v2/persons) $(body '.errors[0].title')" "401 Unauthorized"
is "revoking what is no token does no harm" "$(send /v2/auth/revoke -d token=x)" 200
is "but it has to be named" "$(send /v2/auth/revoke -d x=y) $(body .error)" "400 invalid_request"

is "v1 takes a form" "$(ask_v1_token) $(body '[.success,.data.expires_in > 86000]|join(" ")')" "200 true true"
stable=$(body .data.token)
is "the ledger knows it" "$(noted '[.token != null,.scopes]')" \
	'[true,"v1,employees:read,absences:read,attendances:read,documents:read,reports.custom:read"]'
is "v1 has names of its own" "$(body .data.scope)" \
	"employees:read absences:read attendances:read documents:read reports.custom:read"
jq -c '{client_id, client_secret}' "$sandbox_dir/personio.json" >"$scratch/credentials"
is "and JSON" "$(send /v1/auth -H 'Content-Type: application/json' -d "@$scratch/credentials")" 200
is "and says the same token all day" "$(body .data.token)" "$stable"
is "a wrong secret is refused with success" \
	"$(send /v1/auth -d client_id=x -d client_secret=y) $(body '[.success,.error.message]|join(" ")')" \
	"200 false Wrong credentials"
is "no secret is a bad request" "$(send /v1/auth -d client_id=x) $(body .error.code)" "400 400"
is "so is a broken one" "$(send /v1/auth -H 'Content-Type: application/json' -d '{') $(body .error.code)" "400 400"
personio_access=$stable
is "v1's token opens v1" "$(call /v1/company/employees/attributes)" 200
is "which says it again" "$(header Authorization)" "Bearer $stable"
is "and not v2" "$(call /v2/persons)" 401
personio_sign_in
is "nor v2's v1" "$(call /v1/company/employees/attributes) $(body .error.code)" "401 401"

call /v2/persons -H 'X-Personio-App-ID: ACME_GMBH' -H 'X-Personio-Partner-ID: MUSTER' >/dev/null
is "the ledger notes who calls" "$(noted .headers)" \
	'{"X-Personio-App-ID":"ACME_GMBH","X-Personio-Partner-ID":"MUSTER","Beta":"true"}'
call /v2/persons -H 'X-Personio-App-ID: Acme GmbH' >/dev/null
is "letter for letter" "$(noted '.headers["X-Personio-App-ID"]')" '"Acme GmbH"'
call /v2/persons -H "X-Personio-App-ID: $personio_secret" >/dev/null
is "but no secret" "$(noted '.headers["X-Personio-App-ID"]')" null
is "nor does any line hold one" "$(grep -cF -e "$personio_secret" -e "$stable" "$sandbox_dir/ledger.ndjson")" 0

personio_start --employees 5 --fault v1_status=401
is "a fault gives v1's refusal a status" "$(send /v1/auth -d client_id=x -d client_secret=y) $(body .success)" \
	"401 false"
is "and leaves what is right alone" "$(ask_v1_token)" 200

personio_start --employees 5 --token-life 0
personio_sign_in
is "a token without life is refused" "$(call /v2/persons)" 401
personio_sign_in v1
is "in v1, too" "$(call /v1/company/employees/attributes)" 401

personio_start --employees 5 --permissions personio:absences:read,personio:reports:read
ask_token >/dev/null
is "credentials may have fewer rights" "$(body .scope)" "personio:absences:read personio:reports:read"
is "more than these can't be had" "$(ask_token -d scope=personio:persons:read) $(body .error)" "400 invalid_scope"
ask_v1_token >/dev/null
is "in v1 neither" "$(body .data.scope)" "absences:read reports.custom:read"

personio_start --employees 5 --fault missing_scope
ask_token -d 'scope=personio:persons:read personio:absences:read' >/dev/null
is "a fault takes the last right away" "$(body .scope)" personio:persons:read

done_testing
