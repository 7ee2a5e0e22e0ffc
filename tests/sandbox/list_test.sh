#!/bin/sh
# shellcheck disable=SC2016 # jq has variables of its own
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

# body FILTER: what jq makes of the last body.
body() {
	jq -r "$1" "$scratch/body"
}

sandbox_start --employees 200 --page-bytes 20000 --cycles 6
sign_in all

walk /employees >"$scratch/employees"
is "cursors lead to every employee" "$(wc -l <"$scratch/employees")" 200
is "and to each only once" "$(jq -r .id "$scratch/employees" | sort -u | wc -l)" 200
ok "over several pages" test "$(cat "$scratch/pages")" -gt 3
is "the last page has no pagination" "$(body 'has("pagination")')" false
get /employees >/dev/null
cursor=$(body .pagination.afterKey)
first=$(body '.data[0].id')
is "nextPath is relative and has the cursor" "$(body .pagination.nextPath)" "/v1/employees?cursor=$cursor"
ok "a page is cut where it should be" test "$(wc -c <"$scratch/body")" -lt 21000
get "/employees?after_key=$cursor" >/dev/null
second=$(body '.data[0].id')
ok "after_key goes on as well" test "$second" != "$first"
get "/employees?after_key=nonsense&cursor=$cursor" >/dev/null
is "cursor wins over after_key" "$(body '.data[0].id')" "$second"
is "an unknown cursor is refused" "$(get '/employees?cursor=nonsense') $(body .code)" "400 400"
is "so is one of another list" "$(get "/manager-reviews?cursor=$cursor")" 400

get "/employees/$first" >/dev/null
is "an id leads to its record" "$(jq -c .data "$scratch/body")" "$(head -n 1 "$scratch/employees")"
is "an unknown id to 404" "$(get /employees/96b1cff7-3099-44a9-bd28-0292be8aff7f)" 404
is "so does what is no id" "$(get /employees/x)" 404
is "an unknown path, too" "$(get /surveys) $(jq -c . "$scratch/body")" \
	'404 {"code":404,"message":"there is no such resource"}'
is "POST is not allowed" "$(get /employees -X POST)" 405

email=$(jq -rs 'map(select(.email))[7].email' "$scratch/employees")
identifier=$(jq -rs 'map(select(.employeeIdentifier))[9].employeeIdentifier' "$scratch/employees")
get /employees -G --data-urlencode "email=$email" >/dev/null
is "email finds one" "$(body '.data|length') $(body '.data[0].email')" "1 $email"
get /employees -G --data-urlencode "email=$email" -d "employee_identifier=$identifier" >/dev/null
is "employee_identifier wins over email" "$(body '.data[0].employeeIdentifier')" "$identifier"
get '/employees?email=nobody@example.com' >/dev/null
is "an unknown one finds none" "$(jq -c . "$scratch/body")" '{"data":[]}'
get '/employees?employee_identifier=E99999999' >/dev/null
is "neither does an unknown identifier" "$(jq -c . "$scratch/body")" '{"data":[]}'

ok "some lack what is optional" jq -es 'map(has("email"),has("endDate"),has("preferredName")) |
	any and (all|not)' "$scratch/employees"
for script in Latin Greek Cyrillic Arabic Hebrew Devanagari Thai Han Hangul Hiragana Katakana Georgian; do
	ok "there are names in $script" jq -e --arg s "$script" -s \
		'map(select(.name|test("\\p{" + $s + "}")))|length > 0' "$scratch/employees"
done
get '/employees' -G -d "cursor=$cursor" >/dev/null
ok "some are written with escapes" grep -q '"name":"[^"]*\\u' "$scratch/body"

demographics=$(jq -r '.links[]|select(.rel=="demographics").uri|ltrimstr("/v1")' "$scratch/employees" | head -n 1)
is "a link leads to the demographics" "$(get "$demographics")" 200
ok "which are names and values" jq -e '.data|length > 0 and all(keys == ["name","value"])' "$scratch/body"

walk /performance-cycles >"$scratch/cycles"
is "there are as many cycles as asked for" "$(wc -l <"$scratch/cycles")" 6
is "one is active, one is ready" "$(jq -r .state "$scratch/cycles" | sort | uniq -c | xargs)" \
	"1 active 4 closed 1 ready"
get '/performance-cycles?state=closed' >/dev/null
is "state selects" "$(body '[.data[].state]|unique|join(",")') $(body '.data|length')" "closed 4"
is "an unknown state is refused" "$(get '/performance-cycles?state=open')" 400
cycle=$(jq -rs '.[1].id' "$scratch/cycles")
get "/performance-cycles/$cycle" >/dev/null
is "a cycle is found by its id" "$(body .data.id)" "$cycle"
processed=$(jq -rs '.[1].processedAt' "$scratch/cycles")
get /performance-cycles -G --data-urlencode "after_date=$processed" >/dev/null
is "after_date selects what was processed after it" "$(body '.data|length')" 4
is "a plus that was not encoded is no date" "$(get "/performance-cycles?after_date=$processed")" 400
is "nor is one without a day" "$(get '/performance-cycles?after_date=2024-13-01T00:00:00Z')" 400
is "nor one without a zone" "$(get '/performance-cycles?after_date=2024-12-01T00:00:00')" 400
is "a fraction and an offset are well" \
	"$(get '/performance-cycles?after_date=2024-12-01T00:00:00.5-07:30')" 200

walk /manager-reviews >"$scratch/reviews"
is "every employee has a review in every cycle but the newest" "$(wc -l <"$scratch/reviews")" 1000
is "each once" "$(jq -r .managerReviewId "$scratch/reviews" | sort -u | wc -l)" 1000
walk "/employees/$first/manager-reviews" >"$scratch/of"
is "one employee's are those of the list" "$(cat "$scratch/of")" \
	"$(jq -c --arg e "$first" 'select(.employeeId == $e)' "$scratch/reviews")"
walk "/performance-cycles/$cycle/manager-reviews" >"$scratch/of"
is "one cycle's, too" "$(cksum <"$scratch/of")" \
	"$(jq -c --arg c "$cycle" 'select(.performanceCycleId == $c)' "$scratch/reviews" | cksum)"
walk "/performance-cycles/$(jq -rs '.[5].id' "$scratch/cycles")/manager-reviews" >"$scratch/of"
is "the newest cycle has none" "$(wc -l <"$scratch/of")" 0
review=$(jq -rs '.[77].managerReviewId' "$scratch/reviews")
get "/manager-reviews/$review" >/dev/null
is "a review is found by its id" "$(body .data.managerReviewId)" "$review"
ok "managers are employees" jq -es --slurpfile all "$scratch/employees" \
	'map(.managerId)|unique - ($all|map(.id)) == []' "$scratch/reviews"
walk_after=$(jq -rs 'map(.processedAt)|sort|.[800]' "$scratch/reviews")
walk "/manager-reviews?after_date=$(printf %s "$walk_after" | jq -sRr @uri)" >"$scratch/after"
is "after_date holds across pages" "$(wc -l <"$scratch/after")" \
	"$(jq -r --arg a "$walk_after" 'select(.processedAt > $a).managerReviewId' "$scratch/reviews" | wc -l)"

sign_in employees-read
is "a permission opens its own endpoints" "$(get /employees) $(get "/employees/$first")" "200 200"
is "and no others" "$(get "$demographics") $(get /performance-cycles) $(get /manager-reviews) $(get \
	"/employees/$first/manager-reviews")" "403 403 403 403"
is "the refusal has code and message" "$(jq -c '[.code,(.message|type)]' "$scratch/body")" '[403,"string"]'
sandbox_token=$sandbox_token.x
is "a token that was tampered with is none" "$(get /employees)" 401

sandbox_start --employees 0 --cycles 0
sign_in all
is "nobody is an empty list" "$(get /employees) $(cat "$scratch/body")" '200 {"data":[]}'
is "so are no cycles and no reviews" "$(get /performance-cycles) $(get /manager-reviews)" "200 200"

done_testing
