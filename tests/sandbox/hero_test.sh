#!/bin/sh
# Employment Hero's endpoints: their envelopes, pages, parameters, permissions and limits.
# shellcheck disable=SC2016 # jq has variables of its own
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/hero.sh"

hero_start --employees 250 --limits 0
hero_sign_in
hero_get /api/v1/organisations >/dev/null
is "an organisation has the members of the example" "$(jq -c '.data.items[0]|keys_unsorted' "$scratch/body")" \
	'["id","name","phone","country","logo_url"]'
is "the envelope of a list too" "$(jq -c '.data|keys' "$scratch/body")" \
	'["item_per_page","items","page_index","total_items","total_pages"]'
organisation=$(jq -r '.data.items[0].id' "$scratch/body")
p=/api/v1/organisations/$organisation
is "there is one" "$(jq -c '.data|[.total_items,.total_pages,.page_index,.item_per_page]' "$scratch/body")" '[1,1,1,20]'
hero_get "$p" >/dev/null
is "a single one has more members" "$(jq -c '.data|[.time_zone,.employees_count,.subscription_plan]' "$scratch/body")" \
	'["Australia/Sydney",250,"Platinum"]'

# --- Pages

hero_get "$p/employees" >/dev/null
first=$(jq -r '.data.items[0].id' "$scratch/body")
is "a page has 20" "$(jq -c '.data|[(.items|length),.total_items,.total_pages]' "$scratch/body")" '[20,250,13]'
hero_get "$p/employees?item_per_page=100&page_index=3" >/dev/null
is "or as many as are asked for" "$(jq -c '.data|[(.items|length),.page_index,.item_per_page,.total_pages]' \
	"$scratch/body")" '[50,3,100,3]'
hero_get "$p/employees?items_per_page=100" >/dev/null
is "by the right name alone" "$(jq '.data.items|length' "$scratch/body")" 20
hero_get "$p/employees?page_index=14" >/dev/null
is "after the last page there is nothing" "$(jq '.data.items|length' "$scratch/body")" 0
is "more than a hundred are too many" "$(hero_get "$p/employees?item_per_page=101")" 422
is "a page 0 there is not" "$(hero_get "$p/employees?page_index=0")" 422
for page in 1 2 3; do
	hero_get "$p/employees?item_per_page=100&page_index=$page" >/dev/null
	jq -r '.data.items[].id' "$scratch/body"
done | sort -u >"$scratch/ids"
is "all pages together are all" "$(wc -l <"$scratch/ids")" 250

# --- People

hero_get "$p/employees?item_per_page=100&member_type=contractor" >/dev/null
is "contractors" "$(jq -c '[.data.total_items, (.data.items|all(.independent_contractor))]' "$scratch/body")" '[25,true]'
contractor=$(jq -r '.data.items[0].id' "$scratch/body")
hero_get "$p/employees?member_type=employee" >/dev/null
is "and employees" "$(jq -c '[.data.total_items, (.data.items|any(.independent_contractor))]' "$scratch/body")" '[225,false]'
is "there is nothing else" "$(hero_get "$p/employees?member_type=robot")" 422
hero_get "$p/employees/$first" >/dev/null
is "one of them" "$(jq -r .data.id "$scratch/body")" "$first"
like "the others at other providers, too" "$(jq -r .data.email "$scratch/body")" '@piedpiper.example$'
hero_get "$p/teams" >/dev/null
team=$(jq -r '.data.items[1].id' "$scratch/body")
hero_get "$p/teams/$team/employees?item_per_page=100" >/dev/null
is "a team has its people" "$(jq --arg t "$team" -c '[.data.total_items, (.data.items|all(.teams[0].id == $t))]' \
	"$scratch/body")" '[50,true]'
is "who it is not is not there" "$(hero_get "$p/employees/${organisation}")" 404
like "in words" "$(cat "$scratch/body")" '^\{"code":404,"error":"Not found"\}$'
is "nor an organisation by its number" "$(hero_get /api/v1/organisations/12345)" 404
is "nor another path" "$(hero_get "$p/goals")" 404
is "nor the old path of bank accounts" "$(hero_get "$p/employees/$first/bank_accounts")" 404
is "nor the API at the other host" "$(fetch -o /dev/null -w '%{http_code}' "https://oauth.employmenthero.com$p")" 404
is "nor the token endpoint here" "$(hero_get /oauth2/token -X POST)" 404
is "nor everybody, but for time sheets" "$(hero_get "$p/employees/-/payslips")" 404
is "nothing can be written" "$(hero_get "$p/employees" -X POST)" 405

# --- Every list

# list PATH MEMBERS: of the first record, in their order.
list() {
	list_status=$(hero_get "$1")
	is "$(printf %s "$1" | sed 's/[?].*//;s,[0-9a-f-]\{36\},*,g')" \
		"$list_status $(jq -r '.data.items[0]|keys_unsorted|join(" ")' "$scratch/body")" "200 $2"
}
list "$p/leave_requests" "id start_date end_date total_hours comment status leave_balance_amount \
leave_category_name reason employee_id hours_per_day"
leave=$(jq -r '.data.items[0].id' "$scratch/body")
is "a leave request alone" "$(hero_get "$p/leave_requests/$leave") $(jq -r .data.id "$scratch/body")" "200 $leave"
list "$p/leave_categories" "id name unit_type"
list "$p/employees/$first/timesheet_entries" "id employee_id date start_time end_time status units unit_type \
break_units breaks reason comment time cost_centre work_site_id work_site_name position_id position_name"
list "$p/rostered_shifts?from_date=2026-07-09T00:00:00Z&to_date=2026-08-09T00:00:00Z" "id start_time end_time \
status notes is_open_shift location_name member_id member_full_name position_name work_type_name breaks"
list "$p/unavailabilities" "id member_id description all_day start_date end_date start_time_a_day end_time_a_day"
list "$p/contractor_unavailabilities?start_date=2026-01-01&end_date=2026-12-31" "id member_id start_date end_date"
list "$p/policies" "id name induction created_at"
list "$p/certifications" "id name type"
list "$p/custom_fields" "id name hint description type in_onboarding required custom_field_permissions \
custom_field_options"
list "$p/employees/$first/custom_fields" "id name description type value"
list "$p/employees/$first/employment_histories" "id title start_date end_date employment_type contract_type \
industry_standard_job_title"
list "$p/employees/$first/pay_details" "id effective_from classification industrial_instrument pay_rate_template \
anniversary_date salary salary_type pay_unit pay_category leave_allowance_template change_reason comments"
list "$p/employees/$first/payslips" "id first_name last_name total_deduction net_pay super wages reimbursements tax \
name address_line1 address_line2 suburb postcode post_tax_deduction pre_tax_deduction base_rate hourly_rate \
base_rate_unit employment_type payment_date"
for simple in cost_centres employing_entities roles; do
	list "$p/$simple" "id name"
done
list "$p/work_locations" "id name country"
list "$p/work_sites" "id name status roster_positions_count hr_positions address departments"
p2=/api/v2/organisations/$organisation
list "$p2/employees/$first/bank_accounts" "account_name account_type account_number bsb amount primary_account \
lock_level"
list "$p2/employees/$first/emergency_contacts" "id contact_name daytime_contact_number after_hours_no \
after_mobile_no relationship contact_type address"
is "a tax declaration" "$(hero_get "$p/employees/$first/tax_declaration") $(jq '.data|length' "$scratch/body")" "200 9"
is "superannuation" "$(hero_get "$p/employees/$first/superannuation_detail") \
$(jq '.data|length' "$scratch/body")" "200 10"
is "contractors have neither" "$(hero_get "$p/employees/$contractor/tax_declaration")" 404
hero_get "$p/employees?item_per_page=100" >/dev/null
jq -r '.data.items[].id' "$scratch/body" | head -n 40 | while read -r someone; do
	hero_get "$p/employees/$someone/certifications" >/dev/null
	jq -r '.data.items[]|keys_unsorted|join(" ")' "$scratch/body"
done | sort -u >"$scratch/members"
is "some have certifications" "$(cat "$scratch/members")" "id name certification_id type expiry_date completion_date \
driver_problem driver_details status reason"

# --- Dates, of three formats

# dates NAME PATH STATUS [FILTER WANTED]
dates() {
	dates_status=$(hero_get "$2")
	if [ -z "${4-}" ]; then
		is "$1" "$dates_status" "$3"
	else
		is "$1" "$dates_status $(jq -r "$4" "$scratch/body")" "$3 $5"
	fi
}
dates "leave by days" "$p/leave_requests?start_date=2026-03-01&end_date=2026-03-31&item_per_page=100" 200 \
	'.data|(.items|length > 0 and all(.start_date < "2026-04" and .end_date >= "2026-03-01"))' true
dates "which are no other" "$p/leave_requests?start_date=01/03/2026" 422
dates "nor of another calendar" "$p/leave_requests?start_date=2026-02-30" 422
dates "time sheets of everybody by days the other way round" \
	"$p/employees/-/timesheet_entries?start_date=01/07/2026&end_date=01/07/2026&item_per_page=100" 200 \
	'.data|(.items|length > 0 and all(.date == "2026-07-01T00:00:00+00:00"))' true
dates "which are no other either" "$p/employees/-/timesheet_entries?start_date=2026-07-01" 422
dates "shifts want both ends" "$p/rostered_shifts?from_date=2026-07-09T00:00:00Z" 422
dates "as moments" "$p/rostered_shifts?from_date=2026-07-09&to_date=2026-07-10" 422
like "and say so" "$(cat "$scratch/body")" '^\{"code":422,"errors":\[\{"message":"[^"]+"\}\]\}$'
shifts="$p/rostered_shifts?item_per_page=100&from_date=2026-07-15T00:00:00Z&to_date=2026-07-16T00:00:00Z"
dates "shifts that overlap the beginning" "$shifts" 200 '[.data.items[].start_time < "2026-07-15"]|unique|map(tostring)|join(" ")' \
	"false true"
dates "or not" "$shifts&exclude_shifts_overlapping_from_date=true" 200 \
	'.data.items|length > 0 and all(.start_time[:10] == "2026-07-15")' true
dates "open ones" "$shifts&unassigned_shifts_only=true" 200 \
	'.data.items|length > 0 and all(.is_open_shift and .member_id == null)' true
dates "by status" "$shifts&statuses%5B%5D=draft" 200 '.data.items|length > 0 and all(.status == "draft")' true
dates "by several" "$shifts&statuses%5B%5D=draft&statuses%5B%5D=published" 200 '[.data.items[].status]|unique|length' 2
hero_get "$shifts" >/dev/null
member=$(jq -r '[.data.items[].member_id|select(.)]|first' "$scratch/body")
dates "by member" "$shifts&member_ids%5B%5D=$member" 200 '[.data.items[].member_id]|unique|join(" ")' "$member"
dates "the Z is there, though the digits are local" "$shifts" 200 \
	'.data.items|all(.start_time|test("^2026-07-1[45]T[0-9:]{8}[.]000Z$"))' true
dates "unavailabilities of a month" "$p/unavailabilities?from_date=2026-07-01&to_date=2026-08-01" 200
dates "and of no more" "$p/unavailabilities?from_date=2026-07-01&to_date=2026-08-02" 422
dates "of a place" "$p/unavailabilities?location_id=2&item_per_page=100" 200 '.data.items|length > 0' true
dates "which has a number" "$p/unavailabilities?location_id=x" 422
dates "those of contractors want both ends" "$p/contractor_unavailabilities?start_date=2026-01-01" 422
dates "at most 366 days apart" "$p/contractor_unavailabilities?start_date=2026-01-01&end_date=2027-01-03" 422
dates "a series has one id" "$p/contractor_unavailabilities?start_date=2026-01-01&end_date=2027-01-02&member_id=$contractor" \
	200 '[.data.total_items, ([.data.items[].id]|unique|length)]|join(" ")' "3 1"

# --- Faults

hero_start --employees 30 --fault empty_page_forever
hero_sign_in
hero_get "$p/employees?page_index=2" >/dev/null
is "empty pages go on" "$(jq -c '.data|[.items,.total_pages]' "$scratch/body")" '[[],3]'
hero_start --employees 30 --fault huge_record=1
hero_sign_in
hero_get "$p/employees" >/dev/null
ok "the first record may be huge" jq -e '.data.items[0]|(.notes|length) == 1048576 and .first_name' "$scratch/body"

# --- Permissions, organisations, limits

hero_start --employees 5 --permissions employees:list,urn:mainapp:teams:read --limits 1000
hero_sign_in
is "what is permitted" "$(hero_get "$p/employees") $(hero_get "$p/teams")" "200 200"
is "what is not" "$(hero_get "$p/policies")" 403
is "one of them is a scope of its own" "$(hero_get "$p/employees/$first")" 403
like "by name" "$(cat "$scratch/body" "$scratch/head")" '"error":"insufficient_scope"'
is "other providers are not meant" "$(token employees-read | tail -n 1)" 200

hero_start --employees 5 --organisations 3
hero_sign_in
hero_get /api/v1/organisations >/dev/null
is "several organisations" "$(jq -r '[.data.items[].country]|join(" ")' "$scratch/body")" "AU NZ GB"
other=$(jq -r '.data.items[1].id' "$scratch/body")
hero_get "/api/v1/organisations/$other/employees" >/dev/null
is "have people of their own" "$(jq --arg f "$first" '[.data.items[]|select(.id == $f)]|length' "$scratch/body")" 0
theirs=$(jq -r '.data.items[0].id' "$scratch/body")
is "whom another does not know" "$(hero_get "$p/employees/$theirs")" 404

hero_start --employees 5 --limits 1
hero_sign_in
is "limits hold: of a hundred in a minute one per cent" "$(hero_get "$p/teams") $(hero_get "$p/teams")" "200 429"
unlike "when to come again is not told" "$(cat "$scratch/head")" '^[Rr]etry-[Aa]fter'
control clock=60 >/dev/null
is "a minute later one more" "$(hero_get "$p/teams")" 200

done_testing
