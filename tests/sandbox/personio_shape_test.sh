#!/bin/sh
# shellcheck disable=SC2016 # jq has variables of its own
# The shapes of the simulated Personio's answers. Those of persons, employments, v1 and of the errors are the published
# examples' (developer.personio.de, github.com/personio/api-docs): key names and JSON types, written down here by
# hand. Those of absences, attendances, projects, documents, recruiting and the rows of reports are what public clients
# read. The others are assumed, and are here so that they change on purpose only.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/personio.sh"

personio_start --employees 150 --limits 0
personio_sign_in

links='self.href string
next.href? string'
person='id string
email string
created_at string
updated_at string
first_name string
last_name string
preferred_name string null
gender string
profile_picture.url string
status string
custom_attributes.id? string
custom_attributes.type? string
custom_attributes.value? string number boolean
custom_attributes.global_id? string null
custom_attributes.label? string
employments.id string
_meta.links.employments.href string'
call '/v2/persons?limit=50' >/dev/null
shape "persons" '._data[]' "$person"
shape "the links of a list" '._meta.links' "$links"
is "the envelope of a list" "$(body 'keys|join(" ")')" "_data _meta"
ok "their words are known" jq -e 'all(._data[]; (.gender|IN("UNSPECIFIED","MALE","FEMALE","DIVERSE")) and
	(.status|IN("UNSPECIFIED","ACTIVE","INACTIVE")))' "$scratch/body"
ok "values are of every kind" jq -e '[._data[].custom_attributes[].value|type]|unique ==
	["array","boolean","number","string"]' "$scratch/body"
ok "and of the type that is told" jq -e 'all(._data[].custom_attributes[]; (.value|type) as $t | .type as $n |
	{string: "string", date: "string", int: "number", double: "number", boolean: "boolean", string_list: "array"}[$n] == $t)' \
	"$scratch/body"
call /v2/persons/3003 >/dev/null
shape "one person has no envelope" '.' "$person"

employment='id string
status string
weekly_working_hours number
full_time_weekly_working_hours number
probation_end_date string null
employment_start_date string
employment_end_date string null
type string
contract_end_date string null
created_at string
updated_at string
position.title string
supervisor? null
supervisor.id? string
office.id string
legal_entity.id string
job.id string
sub_company.id string
org_units.type string
org_units.id string
cost_centers.id string
cost_centers.weight number
person.id string
termination? null
termination.termination_date? string
termination.last_working_date? string
termination.last_working_day? string
termination.terminated_at? string
termination.type? string
termination.reason? string null
_meta.links.person.href string
_meta.links.supervisor.href? string'
call '/v2/persons?limit=50' >/dev/null
for id in $(body '._data[:24][].id'); do
	call "/v2/persons/$id/employments?limit=50" >/dev/null
	jq -c '._data[]' "$scratch/body"
done >"$scratch/all"
jq -sc '{_data: .}' "$scratch/all" >"$scratch/body"
shape "employments" '._data[]' "$employment"
ok "their words are known" jq -e 'all(._data[]; (.status|IN("ACTIVE","INACTIVE","ONBOARDING","LEAVE","UNSPECIFIED")) and
	(.type|IN("INTERNAL","EXTERNAL","UNSPECIFIED")))' "$scratch/body"
ok "supervisors are persons" jq -e 'all(._data[]; .supervisor == null or
	._meta.links.supervisor.href == "https://api.personio.de/v2/persons/" + .supervisor.id)' "$scratch/body"
ok "some are over, in both spellings" jq -e '[._data[].termination|select(.)|keys[]]|
	index("last_working_day") and index("last_working_date")' "$scratch/body"

absence='id string
person.id string
absence_type.id string
starts_from.date_time string
starts_from.type string null
ends_at? null
ends_at.date_time? string
ends_at.type? string null
timezone_id string
comment string
approval.status string
created_at string
updated_at string'
call /v2/absence-periods >/dev/null
shape "absence periods" '._data[]' "$absence"
first=$(body '[._data[]|select(.ends_at and .ends_at.date_time != .starts_from.date_time)][0].id')
call "/v2/absence-periods/$first/breakdowns" >/dev/null
shape "their days" '._data[]' 'date string
effective_duration.unit string
effective_duration.value number'
call /v2/absence-types >/dev/null
shape "absence types" '._data[]' 'id string
name string
category string null
unit string'

call /v2/attendance-periods >/dev/null
shape "attendance periods" '._data[]' 'id string
type string
person.id string
approval.status string
start.date_time string
end.date_time? string
attribution_date string
comment string null
project? null
project.id? string
is_auto_generated boolean
is_holiday boolean
is_on_time_off boolean
created_at string
updated_at string'
ok "whose times have no zone" jq -e 'all(._data[]|.start,.end|select(.); .date_time|
	test("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d$"))' "$scratch/body"
call /v2/projects >/dev/null
shape "projects" '._data[]' 'id string
name string
project_code string
client_name string null
billable boolean
cost_center.id string
parent_project? null
parent_project.id? string
status string
start.date string
end? null
end.date? string
tracked_minutes number
assigned_to_all boolean'

for type in department team; do
	call "/v2/org-units?type=$type" >/dev/null
	shape "${type}s" '._data[]' 'id string
type string
name string
abbreviation string null
description string null
parent_id string null
create_time string'
done
call /v2/legal-entities >/dev/null
shape "legal entities" '._data[]' 'id string
name string
country string
is_main boolean
created_at string'
call /v2/cost-centers >/dev/null
shape "cost centres" '._data[]' 'id string
name string'
call /v2/workplaces >/dev/null
shape "workplaces" '._data[]' 'id string
name string
country string null'
call '/v2/document-management/documents?owner_id=3010' >/dev/null
shape "documents" '._data[]' 'id string
name string
date string
comment string null
category.id string
owner.id string
document_type string
size number
created_at string
virus_scan.status string
esignature.status string'
call '/v2/compensations?start_date=2026-03-01' >/dev/null
shape "compensations" '._data[]' 'id string
person.id string
type.id string
legal_entity.id string
amount.value number
amount.currency string
effective_from string
interval? string
comment string null'
call /v2/compensations/types >/dev/null
shape "their types" '._data[]' 'id string
name string
category string'

call /v2/reports >/dev/null
shape "reports" '._data[]' 'id string
name string
status string
created_at string'
for report in $(body '._data[:2][].id'); do
	call "/v2/reports/$report" >/dev/null
	shape "cells of a report" '._data[][]' 'attribute_id string
string_value.value? string
numeric_value.number? number
options_value.options.key? string
options_value.options.value? string
time_range_value.from? string
time_range_value.to? string null'
	shape "its columns" '._meta.columns[]' 'name string
display string
type string'
	is "its envelope" "$(body 'keys|join(" ")')" "_data _meta report_config"
done

times='created_at.date-time string
created_at.timezone string
updated_at.date-time string
updated_at.timezone string'
call /v2/recruiting/applications >/dev/null
shape "applications" '._data[]' "id string
application_date string
candidate.id string
candidate.email string
candidate.first_name string
candidate.last_name string
candidate.gender string null
job.id string
job.name string
job.department.id string
job.department.name string
job.category string
current_stage.id string null
current_stage.kind string
current_stage.name string null
current_stage.type string
channel.id string
channel.name string
is_anonymized boolean
$times"
call /v2/recruiting/candidates >/dev/null
shape "candidates" '._data[]' "id string
first_name string
last_name string
email string
gender string null
phone string null
location string null
birthday string null
linkedin_profile string null
available_from string null
applications.id string
$times"
call /v2/recruiting/jobs >/dev/null
shape "jobs" '._data[]' "id string
name string
department.id string
department.name string
category.id string
category.name string
hiring_team.person_id string
hiring_team.role string
company.id string
$times"
call /v2/recruiting/categories >/dev/null
shape "categories" '._data[]' 'id string
name string
stages.id string
stages.name string
company.id string'

call /v2/persons/1 >/dev/null
error='personio_trace_id string
timestamp string
errors.title string
errors.detail string
errors.type string
errors._meta.path? string'
shape "an error" '.' "$error"
is "in the words of the example" "$(body '.errors[0]|[.title,.detail,.type]|join("|")')" \
	"Resource not found|There is no resource for the specified id.|\
https://developer.personio.de/reference/errors#common.resource_not_found"
is "and its type" "$(header Content-Type)" application/problem+json
call '/v2/persons?limit=0' >/dev/null
shape "another" '.' "$error"
send /v2/auth/token -d x=y >/dev/null
shape "an error of the tokens" '.' 'timestamp string
trace_id string
error string
error_description string
error_uri string
meta.missing_parameters? string'

personio_sign_in v1
call /v1/company/employees/3003/absences/balance >/dev/null
shape "balances" '.data[]' 'id number
name string
category string null
balance number
available_balance number'
call /v1/company/employees/attributes >/dev/null
shape "attributes" '.data[]' 'key string
label string
type string
universal_id string null
options? string'
is "in v1's envelope" "$(body 'keys|join(" ")')" "data success"
call /v1/company/employees/1/absences/balance >/dev/null
shape "v1's errors" '.' 'success boolean
error.code number
error.message string'

done_testing
