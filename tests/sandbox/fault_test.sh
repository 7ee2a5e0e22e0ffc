#!/bin/sh
# shellcheck disable=SC2016 # jq has variables of its own
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

# strike FAULT [OPTION…]: a sandbox with this fault, and a token.
strike() {
	strike_fault=$1
	shift
	sandbox_start --employees 100 --page-bytes 10000 --fault "$strike_fault" "$@"
	sign_in all
}

# statuses NAME WANTED: of three requests in a row.
statuses() {
	is "$1" "$(get /employees) $(get /employees) $(get /employees)" "$2"
}

header() {
	grep -i "^$1:" "$scratch/head" | tr -d '\r' | sed 's/^[^:]*: //'
}

strike rate_limited
statuses "rate_limited: 429 once" "429 200 200"
strike rate_limited@2
statuses "rate_limited@2: the second" "200 429 200"
strike rate_limited@2-3
statuses "rate_limited@2-3: second and third" "200 429 429"
strike rate_limited_retry_after
is "rate_limited_retry_after: 429" "$(get /employees)" 429
is "with Retry-After" "$(header Retry-After)" 1
is "and the provider's error" "$(jq -c . "$scratch/body")" '{"code":429,"message":"client rate limit exceeded"}'
strike rate_limited_forever
statuses "rate_limited_forever: every time" "429 429 429"
is "without Retry-After" "$(header Retry-After)" ""
strike server_error
statuses "server_error" "500 500 500"
strike unavailable
statuses "unavailable: 503 once" "503 200 200"
strike unavailable_forever
statuses "unavailable_forever" "503 503 503"
strike revoked_forever
statuses "revoked_forever" "401 401 401"

strike connection_reset
get /employees >/dev/null
ok "connection_reset: no answer" test "$?" -eq 56
like "but a reset" "$(cat "$scratch/curl.err")" 'reset by peer|Connection reset|ECONNRESET'
strike close_before_answer
get /employees >/dev/null
code=$?
ok "close_before_answer: no answer" test "$code" -eq 52 -o "$code" -eq 56
unlike "and no reset" "$(cat "$scratch/curl.err")" '[Rr]eset'
strike silence=3600000
get /employees --max-time 1 >/dev/null
is "silence: time is over first" "$?" 28
ok "without a byte" test ! -s "$scratch/head"
strike truncated_body=30
get /employees >/dev/null
code=$?
ok "truncated_body: curl misses bytes" test "$code" -eq 18 -o "$code" -eq 56
is "30 percent came" "$(wc -c <"$scratch/body")" "$(($(header Content-Length) * 30 / 100))"
strike slow_body=40
get /employees --max-time 1 >/dev/null
is "slow_body: time is over first" "$?" 28
ok "some bytes came" test "$(wc -c <"$scratch/body")" -gt 3 -a "$(wc -c <"$scratch/body")" -lt 30
strike endless_body
fetch -H "Authorization: Bearer $sandbox_token" "$sandbox_api/employees" 2>"$scratch/curl.err" |
	head -c 100000000 >"$scratch/endless"
is "endless_body: goes on" "$(wc -c <"$scratch/endless")" 100000000
is "with records first" "$(head -c 6 "$scratch/endless")" '{"data'
rm "$scratch/endless"
strike gzip
get /employees >/dev/null
gunzip -c <"$scratch/body" >"$scratch/plain"
ok "gzip: sound, and the page inside" jq -e '.data|length > 10' "$scratch/plain"
get /employees --compressed >/dev/null
is "curl finds the same" "$(cksum <"$scratch/body")" "$(cksum <"$scratch/plain")"
strike gzip_bomb
get /employees >/dev/null
is "gzip_bomb: says that it is gzip" "$(header Content-Encoding)" gzip
ok "is small" test "$(wc -c <"$scratch/body")" -lt 1000000
is "and becomes large" "$(gunzip -c <"$scratch/body" | wc -c)" 536641033

strike invalid_json=200
get /employees >/dev/null
is "invalid_json: byte 200 is spoilt" "$(od -An -tx1 -j200 -N1 "$scratch/body" | tr -d ' ')" 01
ok "no byte is missing" test "$(wc -c <"$scratch/body")" -eq "$(header Content-Length)"
fails "jq refuses it" jq . "$scratch/body"
strike invalid_json=999999999
get /employees >/dev/null
is "invalid_json past the end: the last byte" "$(tail -c 1 "$scratch/body" | od -An -tx1 | tr -d ' ')" 01
strike invalid_utf8
get /employees >/dev/null
fails "invalid_utf8: iconv refuses it" iconv -f UTF-8 -t UTF-16 "$scratch/body"
is "a list is as long as without" "$(sed 's/Zo.(//' "$scratch/body" | jq -c '.data|length')" \
	"$(jq -s 'last|.records' "$sandbox_dir/ledger.ndjson")"
strike deep_nesting=100000
get /employees >/dev/null
is "deep_nesting: so deep" "$(tr -cd '[' <"$scratch/body" | wc -c)" \
	"$((100001 + $(jq -s 'last|.records' "$sandbox_dir/ledger.ndjson")))"
strike deep_nesting=3
get /employees >/dev/null
is "in the first record" "$(jq -c '.data[0].nested' "$scratch/body")" '[[[]]]'
strike duplicate_key
get /employees >/dev/null
is "duplicate_key: two in the first record" "$(tr '}' '\n' <"$scratch/body" | head -n 1 | grep -o '"id":' | wc -l)" 2
get /manager-reviews >/dev/null
ok "of the list's own key" grep -q '^{"data":\[{"managerReviewId":"first of two"' "$scratch/body"
strike number_extremes
get /employees >/dev/null
ok "number_extremes: 1e400, 30 digits" grep -q '"huge":1e400.*"digits":123456789012345678901234567890' "$scratch/body"
strike huge_record
get /employees >/dev/null
ok "huge_record: over 4 MiB" jq -e '.data[0].notes|length == 5 * 1048576' "$scratch/body"
strike wrong_content_type
get /employees >/dev/null
like "wrong_content_type" "$(header Content-Type)" '^text/html'
strike html_body
is "html_body: status 200" "$(get /employees)" 200
ok "no JSON" grep -qi '^<!doctype' "$scratch/body"
strike empty_body
is "empty_body: status 200" "$(get /employees) $(header Content-Length)" "200 0"

# Paging.
strike repeated_cursor
get /employees >/dev/null
cursor=$(jq -r .pagination.afterKey "$scratch/body")
get "/employees?cursor=$cursor" >/dev/null
is "repeated_cursor: a page names itself" "$(jq -r .pagination.afterKey "$scratch/body")" "$cursor"
strike empty_page_forever
get /employees >/dev/null
cursor=$(jq -r .pagination.afterKey "$scratch/body")
get "/employees?cursor=$cursor" >/dev/null
is "empty_page_forever: no record" "$(jq -c .data "$scratch/body")" '[]'
ok "but a new cursor" jq -e --arg c "$cursor" '.pagination.afterKey|. != null and . != $c' "$scratch/body"
strike foreign_next
get /employees >/dev/null
like "foreign_next: another host" "$(jq -r .pagination.nextPath "$scratch/body")" '^https://attacker\.example/v1/employees\?cursor='
strike next_path_only
get /employees >/dev/null
is "next_path_only" "$(jq -c '.pagination|keys' "$scratch/body")" '["nextPath"]'
strike redirect_same
is "redirect_same: once, with the query" \
	"$(get '/employees?email=x') $(header Location) $(get '/employees?email=x')" \
	"302 /v1/employees?email=x 200"
strike redirect_foreign
is "redirect_foreign" "$(get /employees) $(header Location)" "302 https://attacker.example/v1/employees"
strike redirect_loopback
is "redirect_loopback" "$(get /employees) $(header Location)" \
	"302 https://127.0.0.1:$(jq .port "$sandbox_dir/ready")/v1/employees"

# Tokens.
strike expired_token
get /employees >/dev/null
get "/employees?cursor=$(jq -r .pagination.afterKey "$scratch/body")" >/dev/null
third="/employees?cursor=$(jq -r .pagination.afterKey "$scratch/body")"
is "expired_token: dead after page 2" "$(get "$third")" 401
sign_in all
is "a new token goes on" "$(get "$third")" 200
strike missing_scope
is "missing_scope: the last is not granted" "$(token employees-read,employee-demographics-read | head -n 1 |
	jq -r .scope)" "target-entity:$sandbox_entity:employees-read"
sign_in employees-read
is "and not there" "$(get /employees)" 403
strike token_html
is "token_html" "$(token employees-read | sed -n '1p;$p' | xargs -0)" "<!DOCTYPE html>
400"
strike token_empty
is "token_empty" "$(token employees-read | xargs)" 401
strike token_error=400
is "token_error" "$(token employees-read | head -n 1 | jq -r .error)" invalid_client
strike token_rate_limited
is "token_rate_limited: once" "$(token employees-read | tail -n 1)" 200
is "it was the first" "$(jq -s '.[0].status' "$sandbox_dir/ledger.ndjson")" 429
strike token_slow=300
ok "token_slow" jq -es '.[0].fault == "token_slow"' "$sandbox_dir/ledger.ndjson"

sandbox_start --fault token_endless
ok "token_endless: goes on" test "$(token employees-read 2>/dev/null | head -c 50000000 | wc -c)" -eq 50000000

# TLS.
sandbox_start --fault certificate_expired
status "certificate_expired: curl refuses it" 60 fetch "$sandbox_api/employees"
like "because of its end" "$(cat "$scratch/err")" 'expired'
sandbox_start --fault certificate_foreign
status "certificate_foreign: curl refuses it" 60 fetch "$sandbox_api/employees"
like "because of the name" "$(cat "$scratch/err")" 'name'

# The ledger.
strike echo_secret --fault number_extremes
get /employees >/dev/null
name=$(jq -r '.data[0].name' "$scratch/body")
for form in "$sandbox_secret" "$sandbox_token" "$(printf %s "$sandbox_secret" | jq -sRr @uri)" \
	"$(printf %s "$sandbox_secret" | base64 -w 0)"; do
	ok "echo_secret: the name holds it" test "${name#*"$form"}" != "$name"
done
like "the ledger has all faults of a request" "$(jq -r .fault "$sandbox_dir/ledger.ndjson")" \
	'^number_extremes,echo_secret$'
get /employees -G --data-urlencode "email=$sandbox_secret" >/dev/null
is "a secret in the URL is told" "$(jq -s 'last.secret_in_url' "$sandbox_dir/ledger.ndjson")" true
is "and a token" "$(get "/employees?token=$sandbox_token" -o /dev/null) $(jq -s 'last.secret_in_url' \
	"$sandbox_dir/ledger.ndjson")" "200 true"
for form in "$sandbox_secret" "$sandbox_token" "$(printf %s "$sandbox_secret" | jq -sRr @uri)" \
	"$(printf %s "$sandbox_secret" | base64 -w 0)"; do
	fails "but it never stands in the ledger" grep -qF -e "$form" "$sandbox_dir/ledger.ndjson"
done
is "every line is an object with the same members" \
	"$(jq -c 'del(.secret_in_url)|keys' "$sandbox_dir/ledger.ndjson" | sort -u)" \
	'["bytes","connection","fault","grant","host","method","n","page","path","query","records","scopes","status","time","token"]'

done_testing
