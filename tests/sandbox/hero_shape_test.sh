#!/bin/sh
# The shapes of Employment Hero's answers are those of the published examples and of the vendor's own client library:
# key names and JSON types, written down here by hand; a '?' marks what may be absent.
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"
. "${top_srcdir:?}/tests/sandbox/hero.sh"

hero_start --employees 120 --limits 0 --organisations 6
hero_sign_in

# fields TYPES NAME…: lines of a fixture, all of these types.
fields() {
	fields_types=$1
	shift
	printf "%s $fields_types\n" "$@"
}

# all_of PATH FIXTURE: every record of a page has the shape.
all_of() {
	all_of_status=$(hero_get "$1")
	is "$(printf %s "$1" | sed 's/[?].*//;s,[0-9a-f-]\{36\},*,g') is answered" "$all_of_status" 200
	shape "as the example has it" '.data.items[]' "$2"
}

address="$(fields 'string null' address_type line_1 line_2 line_3 block_number level_number unit_number city postcode \
	state suburb country street_name)
$(fields boolean is_residential is_manually_entered)"
organisation_fields="$(fields 'string' id name phone country)
logo_url string null"
employee="$(fields string id account_email email role first_name last_name full_name full_legal_name legal_name address \
	personal_email personal_mobile_number company_email company_landline job_title code location employing_entity \
	start_date status employment_type typical_work_day trial_or_probation_type work_country time_zone country \
	date_of_birth biography teams.id teams.name primary_cost_centre.id primary_cost_centre.name)
$(fields 'string null' title middle_name known_as pronouns avatar_url home_phone company_mobile termination_date \
	termination_summary global_teams_start_date global_teams_probation_end_date external_id payroll_type nationality \
	gender marital_status secondary_manager)
$(fields 'string null' previous_surname? trading_name? abn? business_detail.country? business_detail.number? \
	business_detail.business_type? primary_manager? primary_manager.id? primary_manager.name? postal_address? \
	uk_tax_and_national_insurance.id? uk_tax_and_national_insurance.unique_taxpayer_reference? \
	uk_tax_and_national_insurance.national_insurance_number?)
$(fields boolean display_mobile_in_staff_directory roster instapay_referral_opted_out independent_contractor \
	aboriginal_torres_strait_islander?)
$(fields 'number null' trial_length probation_length)
$(printf '%s\n' "$address" | sed 's/^/residential_address./')
$(printf '%s\n' "$address" | sed 's/^/postal_address./;s/ /? /')"

hero_get /api/v1/organisations >/dev/null
jq -r '.data.items[].id' "$scratch/body" >"$scratch/organisations"
shape "organisations" '.data.items[]' "$organisation_fields"
shape "the envelope" '.data|del(.items)' "$(fields number item_per_page page_index total_pages total_items)"
number=0
while read -r organisation <&3; do
	number=$((number + 1))
	p=/api/v1/organisations/$organisation
	hero_get "$p/employees?item_per_page=100" >/dev/null
	shape "employees of region $number" '.data.items[]' "$employee"
	[ "$number" -gt 1 ] || people=$(jq -r '.data.items[:12][].id' "$scratch/body")
	someone=$(jq -r '.data.items[0].id' "$scratch/body")
	hero_get "$(printf %s "$p" | sed s/v1/v2/)/employees/$someone/bank_accounts" >/dev/null
	shape "their bank accounts" '.data.items[]' "$(fields string currency? account_name? account_type? \
		account_number bsb? amount primary_account)
lock_level string null"
done 3<"$scratch/organisations"

organisation=$(head -n 1 "$scratch/organisations")
p=/api/v1/organisations/$organisation
hero_get "$p" >/dev/null
shape "an organisation" '.data' "$organisation_fields
$(fields string primary_address end_of_week typical_work_day payroll_admin_emails subscription_plan time_zone created_at)
superfund_name string null
$(fields number employees_count active_employees_count pending_employees_count)"

all_of "$p/teams" "$(fields string id name status)"
all_of "$p/leave_requests?item_per_page=100" "$(fields string id start_date end_date comment status leave_category_name \
	employee_id hours_per_day.date)
$(fields number total_hours leave_balance_amount hours_per_day.hours)
reason string null"
ok "leave begins at a moment with an offset" jq -e 'all(.data.items[];
	.start_date|test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00[+]00:00$"))' "$scratch/body"
ok "every status that is documented" jq -e '[.data.items[].status]|unique == ["Approved","Declined","Pending"]' \
	"$scratch/body"
all_of "$p/leave_categories" "$(fields string id name unit_type)"
all_of "$p/employees/-/timesheet_entries" "$(fields string id employee_id date status unit_type comment cost_centre.id \
	cost_centre.name)
$(fields number units break_units time)
$(fields 'string null' start_time end_time reason work_site_id work_site_name position_id position_name)"
all_of "$p/rostered_shifts?from_date=2026-07-01T00:00:00Z&to_date=2026-09-01T00:00:00Z&item_per_page=100" \
	"$(fields string id start_time end_time status location_name position_name)
$(fields 'string null' notes member_id member_full_name work_type_name)
is_open_shift boolean"
all_of "$p/unavailabilities" "$(fields string id member_id description start_date end_date)
$(fields 'string null' start_time_a_day end_time_a_day)
all_day boolean"
all_of "$p/contractor_unavailabilities?start_date=2026-01-01&end_date=2026-12-31" \
	"$(fields string id member_id start_date end_date)"
all_of "$p/policies" "$(fields string id name created_at)
induction boolean"
all_of "$p/certifications" "$(fields string id name type)"
all_of "$p/custom_fields" "$(fields string id name description type custom_field_permissions.id \
	custom_field_permissions.permission custom_field_permissions.role custom_field_options.id? \
	custom_field_options.value?)
hint string null
$(fields boolean in_onboarding required)"
for simple in cost_centres employing_entities roles; do
	all_of "$p/$simple" "$(fields string id name)"
done
all_of "$p/work_locations" "$(fields string id name country)"
all_of "$p/work_sites" "$(fields string id name status hr_positions.id hr_positions.status hr_positions.cost_centre.id \
	hr_positions.cost_centre.name hr_positions.color hr_positions.team_assign_mode departments.id departments.name)
$(fields number roster_positions_count hr_positions.roster_positions_count departments.assignment_count)
$(printf '%s\n' "$address" | sed 's/^/address./')"

# of_people PATH FIXTURE: the same of what a dozen people have.
of_people() {
	for of_people_id in $people; do
		hero_get "$(printf '%s/employees/%s/%s' "${3:-$p}" "$of_people_id" "$1")" >/dev/null
		jq -c '.data.items[]?' "$scratch/body"
	done | jq -s '{data: {items: .}}' >"$scratch/all"
	mv "$scratch/all" "$scratch/body"
	shape "$1" '.data.items[]' "$2"
}
of_people certifications "$(fields string id name certification_id type completion_date status)
$(fields 'string null' expiry_date driver_details reason)
driver_problem boolean"
of_people emergency_contacts "$(fields string id contact_name daytime_contact_number after_mobile_no relationship \
	contact_type address)
after_hours_no string null" "$(printf %s "$p" | sed s/v1/v2/)"
of_people employment_histories "$(fields string id title start_date employment_type)
$(fields 'string null' end_date contract_type industry_standard_job_title)"
of_people pay_details "$(fields string id effective_from anniversary_date salary_type pay_unit comments)
$(fields 'string null' classification industrial_instrument pay_rate_template pay_category leave_allowance_template \
	change_reason)
salary number"
of_people payslips "$(fields string id first_name last_name name address_line1 suburb postcode base_rate_unit \
	employment_type payment_date)
address_line2 string null
$(fields number total_deduction net_pay super wages reimbursements tax post_tax_deduction pre_tax_deduction base_rate \
	hourly_rate)"
of_people custom_fields "$(fields string id name description type)
value? string null"
hero_get "$p/employees/$(printf '%s\n' "$people" | head -n 1)/tax_declaration" >/dev/null
shape "a tax declaration" '.data' "$(fields string first_name last_name tax_file_number)
$(fields boolean tax_au_resident tax_foreign_resident working_holiday_maker tax_free tax_help_debt \
	tax_financial_supplement_debt)"
hero_get "$p/employees/$(printf '%s\n' "$people" | head -n 1)/superannuation_detail" >/dev/null
shape "superannuation" '.data' "$(fields string fund_name member_number product_code fund_abn fund_email account_name \
	account_bsb account_number)
electronic_service_address string null
employer_nominated_fund boolean"

done_testing
