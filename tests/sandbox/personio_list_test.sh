#!/bin/sh
# shellcheck disable=SC2016 # jq has variables of its own
# The simulated Personio's lists: pages, filters, rights, limits, and everything that is peculiar about them.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/personio.sh"

# ids FILE: how many different ones stand in it.
ids() {
	jq -r .id "$1" | sort -u | wc -l
}

# selects NAME PATH FILTER FILE: the list at this path is that of the file, as jq selects from it.
selects() {
	jq -c "select($3)" "$4" >"$scratch/wanted"
	pages "$2" >"$scratch/got"
	ok "$1: some, not all" test -s "$scratch/wanted" -a "$(wc -l <"$scratch/wanted")" -lt "$(wc -l <"$4")"
	ok "$1" cmp "$scratch/wanted" "$scratch/got"
}

# problem NAME PATH STATUS DETAIL
problem() {
	is "$1" "$(call "$2") $(body '.errors[0].detail')" "$3 $4"
}

personio_start --employees 150 --limits 0
personio_sign_in

# --- Pages

pages /v2/persons >"$scratch/persons"
is "links lead to every person" "$(wc -l <"$scratch/persons")" 150
is "to each once" "$(ids "$scratch/persons")" 150
is "ten a page unless asked for" "$(cat "$scratch/pages")" 15
pages '/v2/persons?limit=50' >"$scratch/got"
is "up to fifty" "$(cat "$scratch/pages")" 3
ok "with the same result" cmp "$scratch/persons" "$scratch/got"
for limit in 51 0 -1 x 99999999999999999999; do
	problem "a limit of $limit is refused" "/v2/persons?limit=$limit" 400 "Provided value for limit is not valid"
done
call '/v2/persons?limit=20' >/dev/null
like "the link is absolute and has the cursor alone" "$(body ._meta.links.next.href)" \
	'^https://api\.personio\.de/v2/persons\?cursor=cur_[A-Za-z0-9_-]+$'
is "self is what was asked for" "$(body ._meta.links.self.href)" "https://api.personio.de/v2/persons?limit=20"
cursor=$(body ._meta.links.next.href | sed 's/.*cursor=//')
problem "a cursor is of one list" "/v2/absence-periods?cursor=$cursor" 400 "Provided value for cursor is not valid"
problem "and not made up" "/v2/persons?cursor=cur_x" 400 "Provided value for cursor is not valid"
call "/v2/persons?cursor=$cursor&limit=1" >/dev/null
is "it has the limit in it" "$(body '._data|length')" 20

pages /v2/attendance-periods >"$scratch/attendances"
is "so do attendances end" "$(ids "$scratch/attendances")" "$(wc -l <"$scratch/attendances")"
call '/v2/attendance-periods?limit=100' >/dev/null
like "their first link is relative" "$(body ._meta.links.next.href)" '^/v2/attendance-periods\?cursor='
call "$(body ._meta.links.next.href)" >/dev/null
like "their second is not" "$(body ._meta.links.next.href)" '^https://api\.personio\.de/v2/attendance-periods\?'

call '/v2/persons/3014/employments' >/dev/null
is "who has many employments has two pages of them" "$(body '._data|length')" 10
like "whose link leads astray" "$(body ._meta.links.next.href)" '^https://api\.personio\.de/v2/employments\?cursor='
cursor=$(body ._meta.links.next.href | sed 's/.*cursor=//')
is "to a path that is not there" "$(call "/v2/employments?cursor=$cursor")" 404
call "/v2/persons/3014/employments?cursor=$cursor" >/dev/null
is "but the cursor is good where it belongs" "$(body '._data|length')" 2
call '/v2/persons/3014/employments?limit=50' >/dev/null
is "they are the person's" "$(jq -c '[._data[].id]' "$scratch/body")" \
	"$(jq -c 'select(.id == "3014").employments|map(.id)' "$scratch/persons")"
ok "the newest is the first" jq -e '._data|map(.employment_start_date)|. == (sort|reverse)' "$scratch/body"

call '/v2/org-units?type=team&limit=3' >/dev/null
like "a link of org units repeats the filters" "$(body ._meta.links.next.href)" '\?type=team&limit=3&cursor=cur_'
pages '/v2/org-units?type=team&limit=3' >"$scratch/got"
is "and can be followed" "$(cat "$scratch/pages") $(jq -rs 'map(.type)|unique|join(" ")' "$scratch/got")" "3 team"

# --- One of a list

is "an id leads to its record" "$(call /v2/persons/3077) $(jq -c . "$scratch/body")" \
	"200 $(jq -c 'select(.id == "3077")' "$scratch/persons")"
problem "an unknown one to none" /v2/persons/9999 404 "There is no resource for the specified id."
for id in 3000 03001 x -3001 18446744073709551617; do
	is "so does $id" "$(call "/v2/persons/$id")" 404
done
is "an employee's employments without the employee, too" "$(call /v2/persons/9999/employments)" 404
problem "a path that is not there" /v2/nothing 404 "The endpoint with /v2/nothing was not found."
is "is told with its title and path" "$(body '.errors[0]|[.title,._meta.path]|join(" ")')" "Not Found /v2/nothing"
is "v1's in v1's words" "$(call /v1/nothing) $(jq -c . "$scratch/body")" \
	'404 {"success":false,"error":{"code":404,"message":"Not Found"}}'
for list in absence-periods absence-types attendance-periods projects legal-entities recruiting/applications \
	recruiting/candidates recruiting/jobs recruiting/categories; do
	call "/v2/$list?limit=1" >/dev/null
	first=$(body '._data[0]|tojson')
	is "$list: one by its id" "$(call "/v2/$list/$(printf %s "$first" | jq -r .id)") $(body tojson)" "200 $first"
done

# --- Filters

selects "persons by id" '/v2/persons?id=3005,3100&id=3120' '.id|IN("3005","3100","3120")' "$scratch/persons"
email=$(jq -rs '.[50].email' "$scratch/persons")
selects "by e-mail" "/v2/persons?email=$email" ".email == \"$email\"" "$scratch/persons"
selects "by name" '/v2/persons?first_name=Amelia&last_name=Smith,Okafor' \
	'.first_name == "Amelia" and (.last_name|IN("Smith","Okafor"))' "$scratch/persons"
selects "by status" '/v2/persons?status=INACTIVE' '.status == "INACTIVE"' "$scratch/persons"
problem "a status that there is not" '/v2/persons?status=GONE' 400 "Provided request parameters are invalid."
time=$(jq -rs '.[50].updated_at' "$scratch/persons")
selects "changed after" "/v2/persons?updated_at.gt=$time" ".updated_at > \"$time\"" "$scratch/persons"
selects "changed before" "/v2/persons?updated_at.lt=$time&limit=50" ".updated_at < \"$time\"" "$scratch/persons"
problem "a time without a zone" '/v2/persons?updated_at.gt=2025-01-01T00:00:00' 400 \
	"Provided request parameters are invalid."
problem "a day that there is not" '/v2/persons?created_at.gt=2025-02-30T00:00:00Z' 400 \
	"Provided request parameters are invalid."
is "nobody is an empty list" "$(call '/v2/persons?id=1') $(body '[(._data|length),._meta.links.next]|tojson')" \
	"200 [0,null]"

pages /v2/absence-periods >"$scratch/absences"
is "absences have ids" "$(ids "$scratch/absences")" "$(wc -l <"$scratch/absences")"
selects "absences of some" '/v2/absence-periods?person.id=3003,3077' '.person.id|IN("3003","3077")' "$scratch/absences"
selects "those that overlap with a month" \
	'/v2/absence-periods?starts_from.date_time.gte=2026-03-01T00:00:00Z&ends_at.date_time.lte=2026-03-31T00:00:00Z' \
	'(.ends_at.date_time // "9") > "2026-03-01T00:00:00" and .starts_from.date_time <= "2026-03-31T00:00:00"' \
	"$scratch/absences"
selects "those changed since" '/v2/absence-periods?updated_at.gte=2026-03-01T12:00:00%2B01:00' \
	'.updated_at >= "2026-03-01T11:00:00Z"' "$scratch/absences"
is "a plus that was not encoded is a space" "$(call '/v2/absence-periods?updated_at.gte=2026-03-01T12:00:00+01:00')" 400
ok "some have no end" jq -es 'any(.ends_at == null)' "$scratch/absences"
absence=$(jq -rs 'map(select(.ends_at.date_time != .starts_from.date_time and .ends_at))[0].id' "$scratch/absences")
is "an absence has its days" "$(call "/v2/absence-periods/$absence/breakdowns") $(body '._data|length > 0')" "200 true"
problem "twenty-eight of them a page at most" "/v2/absence-periods/$absence/breakdowns?limit=29" 400 \
	"Provided value for limit is not valid"

selects "attendances by status" '/v2/attendance-periods?status=PENDING,REJECTED' \
	'.approval.status|IN("PENDING","REJECTED")' "$scratch/attendances"
selects "by local time" \
	'/v2/attendance-periods?start.date_time.gte=2026-07-01T00:00:00&start.date_time.lte=2026-07-31T23:59:59' \
	'.start.date_time|. >= "2026-07-01" and . < "2026-08-01"' "$scratch/attendances"
selects "by day" '/v2/attendance-periods?attribution_date.gte=2026-07-15' '.attribution_date >= "2026-07-15"' \
	"$scratch/attendances"
selects "changed since, without a zone" '/v2/attendance-periods?updated_at.gte=2026-07-15T08:00:00' \
	'.updated_at >= "2026-07-15T08:00:00Z"' "$scratch/attendances"
problem "with one, whatever the documentation says" '/v2/attendance-periods?updated_at.gte=2023-01-01T12:00:00Z' 400 \
	"Provided request parameters are invalid."
ok "some have not ended" jq -es 'any(has("end")|not)' "$scratch/attendances"
problem "includes is refused" '/v2/projects?includes=members' 400 "Provided request parameters are invalid."

problem "org units want a type" /v2/org-units 400 "A required request parameter is missing."
problem "that they know" '/v2/org-units?type=squad' 400 "Provided request parameters are invalid."
is "a department is none of the teams" "$(call '/v2/org-units/401?type=team')" 404
is "parents come when they are wanted" \
	"$(call '/v2/org-units/407?type=team&include_parent_chain=true') $(body '[.parent_chain[].id]|join(" ")')" \
	"200 402 401"
problem "documents want an owner" /v2/document-management/documents 400 "A required request parameter is missing."
pages '/v2/document-management/documents?owner_id=3010' >"$scratch/got"
is "and are the owner's" "$(jq -rs 'map(.owner.id)|unique|join(" ")' "$scratch/got")" 3010
problem "documents are found by plain dates" '/v2/document-management/documents?owner_id=3010&created_at.gte=2024-02-15T00:00:00Z' \
	400 "Provided request parameters are invalid."
is "two hundred a page at most" "$(call '/v2/document-management/documents?owner_id=3010&limit=201')" 400
call /v2/legal-entities >/dev/null
is "legal entities begin with the newest" "$(body '._data|map(.created_at)|. == (sort|reverse)')" true
is "and are found by country" "$(call '/v2/legal-entities?country=DE,%20IE') $(body '[._data[].country]|sort|join(" ")')" \
	"200 DE IE"

# --- Compensations, a month at a time

money=/v2/compensations
pages "$money?start_date=2026-03-01&end_date=2026-03-31" >"$scratch/march"
is "everyone's pay in March has an id" "$(ids "$scratch/march")" "$(wc -l <"$scratch/march")"
pages "$money?start_date=2026-03-15" >"$scratch/got"
ok "a day alone means its month" cmp "$scratch/march" "$scratch/got"
pages "$money?end_date=2026-03-15" >"$scratch/got"
ok "whichever of the two it is" cmp "$scratch/march" "$scratch/got"
too_long="The period between start_date and end_date must not exceed one month."
is "a month may be 31 days and one" "$(call "$money?start_date=2026-03-01&end_date=2026-04-01")" 200
problem "and no more" "$money?start_date=2026-03-01&end_date=2026-04-02" 400 "$too_long"
problem "nor less than nothing" "$money?start_date=2026-03-02&end_date=2026-03-01" 400 "$too_long"
is "the end of January to that of February" "$(call "$money?start_date=2026-01-31&end_date=2026-02-28")" 200
problem "but not beyond" "$money?start_date=2026-01-31&end_date=2026-03-01" 400 "$too_long"
problem "a date is a date" "$money?start_date=01.03.2026" 400 "A date must be written as YYYY-MM-DD."
selects "of one person" "$money?start_date=2026-03-01&person.id=3008" '.person.id == "3008"' "$scratch/march"
is "without a date it is this month" "$(call "$money") $(body '._data|length > 0')" "200 true"
pages "$money?start_date=2026-04-01" >"$scratch/april"
ok "a salary goes on, a single payment does not" jq -en --slurpfile march "$scratch/march" \
	--slurpfile april "$scratch/april" '($march|map(select(has("interval")|not).id)) as $single |
	($april|map(.id)) as $later | ($single|length > 0) and ($single - $later == $single) and
	($march|map(select(.interval).id) - $later|length < 10)'

# --- Reports

call /v2/reports >/dev/null
report=$(body '._data[0].id')
chart=$(body '._data[2].id')
call "/v2/reports/$report?limit=100" >/dev/null
ok "every row has as many cells as there are columns" jq -e '(._meta.columns|length) as $n |
	all(._data[]; length == $n)' "$scratch/body"
ok "in their order" jq -e '(._meta.columns|map(.name)) as $names | all(._data[]; map(.attribute_id) == $names)' \
	"$scratch/body"
is "its pages go on" "$(body '._data|length') $(body '._meta.links.next.href|test("cursor=")')" "100 true"
cursor=$(body ._meta.links.next.href | sed 's/.*cursor=//')
is "with the cursor" "$(call "/v2/reports/$report?cursor=$cursor") $(body '._data|length')" "200 50"
problem "and nothing beside it" "/v2/reports/$report?cursor=$cursor&locale=de" 400 \
	"A cursor can't be combined with other parameters."
problem "a chart has no rows" "/v2/reports/$chart" 400 "Unsupported nested type: null"

# --- Beta

for list in org-units?type=team cost-centers workplaces recruiting/jobs; do
	is "$list is not there without Beta" "$(send "/v2/$list" -H "Authorization: Bearer $personio_access")" 404
	is "is with it" "$(call "/v2/$list")" 200
done

is "POST is not allowed" "$(call /v2/persons -d x=y)" 405
is "a token that was tampered with is none" \
	"$(send /v2/persons -H "Authorization: Bearer $personio_access.x") $(body '.errors[0].title')" "401 Unauthorized"
is "nor is none" "$(send /v2/persons)" 401

# --- v1

personio_sign_in v1
call /v1/company/employees/3003/absences/balance >/dev/null
is "balances are v1's" "$(jq -c '[.success,(.data|length)]' "$scratch/body")" "[true,2]"
is "of somebody" "$(call /v1/company/employees/1/absences/balance) $(body .error.code)" "404 404"
call /v1/company/employees/attributes >/dev/null
ok "attributes describe those of the persons" jq -en --slurpfile persons "$scratch/persons" \
	--slurpfile all "$scratch/body" '$persons|map(.custom_attributes[].id)|unique - ($all[0].data|map(.key)) == []'

# --- Rights

personio_start --employees 20 --limits 0 --permissions personio:absences:read
personio_sign_in
is "what is permitted is open" "$(call /v2/absence-periods)" 200
problem "persons are unauthorized" /v2/persons 401 "The request is not authorized to access this resource."
is "by this title" "$(body '.errors[0].title')" "Unauthorized Request"
is "their employments are forbidden" "$(call /v2/persons/3001/employments)" 403
is "reports are a bad request" "$(call /v2/reports)" 400
for path in attendance-periods projects 'org-units?type=team' legal-entities cost-centers workplaces \
	'document-management/documents?owner_id=3001' compensations compensations/types recruiting/jobs; do
	is "$path is forbidden" "$(call "/v2/$path") $(body '.errors[0].title')" "403 Forbidden"
done
personio_sign_in v1
is "v1 has the same rights" "$(call /v1/company/employees/3003/absences/balance)" 200
is "and lacks the same" "$(call /v1/company/employees/attributes)" 403

personio_start --employees 20 --limits 0 --attributes first_name,status,dynamic_306
personio_sign_in
pages /v2/persons >"$scratch/persons"
is "attributes that are not released are not there" "$(jq -rs 'map(keys[])|unique|join(" ")' "$scratch/persons")" \
	"_meta custom_attributes employments first_name id status"
is "nor are the company's own" "$(jq -rs 'map(.custom_attributes[]?.id)|unique|join(" ")' "$scratch/persons")" dynamic_306
personio_sign_in v1
call /v1/company/employees/attributes >/dev/null
is "v1 does not know them either" "$(body '[.data[].key]|join(" ")')" "first_name status dynamic_306"

# --- Limits

personio_start --employees 20 --limits 10
personio_sign_in
is "a tenth of thirty requests" "$(call /v2/persons) $(header x-ratelimit-replenish-rate) \
$(header x-ratelimit-burst-capacity) $(header x-ratelimit-remaining) $(header x-ratelimit-requested-tokens)" "200 3 3 2 1"
personio_start --employees 20 --limits 1
personio_sign_in
for path in persons absence-periods; do
	for _ in 1 2 3 4 5 6 7 8 9; do # a request may take longer than its second
		[ "$(call "/v2/$path")" != 429 ] || break
	done
	is "$path: too many are refused" "$(body '.errors[0].title')" "Too Many Requests"
	is "with nothing left" "$(header x-ratelimit-remaining)" 0
	is "and no hint when" "$(header Retry-After)" ""
done
personio_start --employees 20 --limits 0
personio_sign_in
call /v2/persons >/dev/null
is "without limits nothing is said of them" "$(header x-ratelimit-remaining)" ""

# --- Faults

# struck FAULT: a sandbox with it, and the first page.
struck() {
	personio_start --employees 30 --limits 0 --fault "$1"
	personio_sign_in
	call /v2/persons >/dev/null
}
struck repeated_cursor
call "/v2/persons?cursor=$(body ._meta.links.next.href | sed 's/.*cursor=//')" >/dev/null
is "a cursor that repeats itself" "$(body ._meta.links.next.href)" "$(body ._meta.links.self.href)"
struck foreign_next
like "a link to strangers" "$(body ._meta.links.next.href)" '^https://attacker\.example/v2/persons\?cursor='
struck empty_page_forever
is "an empty page that goes on" "$(body '._data|length') $(body '._meta.links.next|length')" "0 1"
struck duplicate_key
like "an id twice" "$(head -c 60 "$scratch/body")" '^\{"_data":\[\{"id":"first of two","id":"3001"'
struck rate_limited
is "a limit on demand" "$(body '.errors[0].title')" "Too Many Requests"
struck server_error
is "an error on demand" "$(header Content-Type) $(body '.errors|length')" "application/problem+json 1"
struck expired_token=1
is "a token that dies after a page" "$(call /v2/persons)" 401
personio_sign_in
is "a new one does not" "$(call /v2/absence-types)" 200
personio_start --employees 30 --limits 0 --fault echo_secret
personio_sign_in
call /v2/persons >/dev/null
ok "a secret in a name" grep -qF "$(printf %s "$personio_secret" | base64 -w 0)" "$scratch/body"

personio_start --employees 0
personio_sign_in
is "a company of nobody" "$(call /v2/persons) $(body '._data|length') $(call /v2/compensations) $(body '._data|length')" \
	"200 0 200 0"

done_testing
