#!/bin/sh
# shellcheck disable=SC2016 # jq has variables of its own
# The shapes of the answers are those of the published examples: key names and JSON types, written down here
# by hand; a '?' marks what may be absent.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

sandbox_start --employees 3000
sign_in all

get /employees >/dev/null
first=$(jq -r '.data[0].id' "$scratch/body")
employee='id string
name string
processedAt string
employeeIdentifier? string
email? string
preferredName? string
birthDate? string
startDate? string
endDate? string
links.rel string
links.uri string'
shape "employees" '.data[]' "$employee"
ok "ids are UUIDs" jq -e 'all(.data[].id; test("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))' \
	"$scratch/body"
ok "dates are dates" jq -e 'all(.data[]|.birthDate,.startDate,.endDate|select(.);
	test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))' "$scratch/body"
ok "times are times" jq -e 'all(.data[].processedAt; fromdateiso8601 > 0)' "$scratch/body"
ok "links lead to this record" jq -e 'all(.data[]; .id as $i | .links|map([.rel,.uri]) ==
	[["demographics","/v1/employees/\($i)/demographics"],
	["manager-reviews","/v1/employees/\($i)/manager-reviews"]])' "$scratch/body"
shape "the envelope of a list" '.pagination' 'afterKey string
nextPath string'
get "/employees/$first" >/dev/null
shape "an employee" '.data' "$employee"
is "the envelope of one" "$(jq -c keys "$scratch/body")" '["data"]'

get "/employees/$first/demographics" >/dev/null
shape "demographics" '.data[]' 'name string
value string'

get /performance-cycles >/dev/null
shape "performance cycles" '.data[]' 'id string
name string
state string
createdAt string
updatedAt string
processedAt string'

get /manager-reviews >/dev/null
shape "manager reviews" '.data[]' 'performanceCycleId string
managerReviewId string
employeeId string
managerId string
performanceRating.ratingQuestion.title string
performanceRating.ratingQuestion.description string
performanceRating.ratingBuckets.title string
performanceRating.ratingBuckets.description? string
performanceRating.ratingBuckets.value number
performanceRating.rating.id? string
performanceRating.rating.title? string
performanceRating.rating.value? number
performanceRating.rating.createdAt? string
performanceRating.rating.updatedAt? string
openTextQuestions.id? string
openTextQuestions.text? string
openTextQuestions.answer? string
multipleChoiceQuestions.id? string
multipleChoiceQuestions.text? string
multipleChoiceQuestions.options? string
multipleChoiceQuestions.answer? string
multipleChoiceMultiSelectQuestions.id? string
multipleChoiceMultiSelectQuestions.text? string
multipleChoiceMultiSelectQuestions.options? string
multipleChoiceMultiSelectQuestions.answers? string
reviewAcknowledged? boolean
status string
links.rel string
links.uri string
completedAt? string null
createdAt string
updatedAt string
processedAt string'
is "of every status that is served" "$(jq -r '[.data[].status]|unique|join(" ")' "$scratch/body")" \
	"completed incomplete shared"
ok "an incomplete one has no rating" jq -e '[.data[]|select(.status == "incomplete").performanceRating.rating]|
	all(. == null)' "$scratch/body"

done_testing
