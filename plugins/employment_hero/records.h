/* Employment Hero's records as ours. Any member may be null, and what does not apply in the region of an
 * employee is not there. Days come as a date or as a date and time, so they are read as either. */
#ifndef MUSTER_EMPLOYMENT_HERO_RECORDS_H
#define MUSTER_EMPLOYMENT_HERO_RECORDS_H

#include <muster/plugin.h>

static const struct muster_map named[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
};

static const struct muster_map address[] = {
	MUSTER_COPY("line1", "/line_1"),
	MUSTER_COPY("line1", "/street_name"),
	MUSTER_COPY("line2", "/line_2"),
	MUSTER_COPY("city", "/city"),
	MUSTER_COPY("city", "/suburb"),
	MUSTER_COPY("state", "/state"),
	MUSTER_AS_TEXT("postcode", "/postcode"),
	MUSTER_COPY("country", "/country"),
};

static const struct muster_word activity[] = {
	{ "active", "active" },
	{ "inactive", "inactive" },
};

/* ---- The company --------------------------------------------------------------------- */

/* A list has only the first six. */
static const struct muster_map organisation[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("phone", "/phone"),
	MUSTER_COPY("country", "/country"),
	MUSTER_COPY("logo_url", "/logo_url"),
	MUSTER_COPY("address", "/primary_address"),
	MUSTER_COPY("time_zone", "/time_zone"),
	MUSTER_COPY("end_of_week", "/end_of_week"),
	MUSTER_AS_TEXT("typical_work_day", "/typical_work_day"),
	MUSTER_COPY("payroll_admin_emails", "/payroll_admin_emails"),
	MUSTER_COPY("subscription_plan", "/subscription_plan"),
	MUSTER_COPY("superannuation_fund", "/superfund_name"),
	MUSTER_COPY("employee_count", "/employees_count"),
	MUSTER_COPY("active_employee_count", "/active_employees_count"),
	MUSTER_COPY("pending_employee_count", "/pending_employees_count"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
};

/* What people see as groups. */
static const struct muster_map team[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("status", "/status", activity),
};

static const struct muster_map work_location[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("country", "/country"),
};

static const struct muster_map positions[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("status", "/status"),
	MUSTER_COPY("cost_centre_id", "/cost_centre/id"),
	MUSTER_COPY("cost_centre", "/cost_centre/name"),
};

static const struct muster_map departments[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("assignment_count", "/assignment_count"),
};

static const struct muster_map work_site[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("status", "/status", activity),
	MUSTER_INNER("address", "/address", address),
	MUSTER_COPY("position_count", "/roster_positions_count"),
	MUSTER_EACH("positions", "/hr_positions", positions),
	MUSTER_EACH("departments", "/departments", departments),
};

static const struct muster_map policy[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("induction", "/induction"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
};

static const struct muster_word field_types[] = {
	{ "free_text", "text" },
	{ "single_select", "single_select" },
	{ "multi_select", "multi_select" },
	{ "date", "date" },
	{ "number", "number" },
	{ "checkbox", "boolean" },
};

static const struct muster_map custom_field[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("type", "/type", field_types),
	MUSTER_COPY("hint", "/hint"),
	MUSTER_COPY("description", "/description"),
	MUSTER_COPY("required", "/required"),
	MUSTER_COPY("in_onboarding", "/in_onboarding"),
	MUSTER_COPY("options", "/custom_field_options"),
	MUSTER_CUSTOM("permissions", "Permissions", "/custom_field_permissions"),
};

/* ---- Employees ----------------------------------------------------------------------- */

/* "active" is documented; the others are what its own pages show. */
static const struct muster_word statuses[] = {
	{ "active", "active" },
	{ "pending", "onboarding" },
	{ "onboarding", "onboarding" },
	{ "inactive", "inactive" },
	{ "terminated", "terminated" },
	{ "offboarded", "terminated" },
};

static const struct muster_word employment_types[] = {
	{ "Full-time", "full_time" },
	{ "full_time", "full_time" },
	{ "Part-time", "part_time" },
	{ "part_time", "part_time" },
	{ "Casual", "casual" },
	{ "casual", "casual" },
	{ "Contractor", "contractor" },
	{ "contractor", "contractor" },
	{ "Fixed-term", "fixed_term" },
	{ "Temporary", "temporary" },
	{ "Intern", "intern" },
	{ "Apprentice", "apprentice" },
};

static const struct muster_word genders[] = {
	{ "Female", "female" },
	{ "Male", "male" },
	{ "Non-binary", "non_binary" },
	{ "Prefer not to say", "undisclosed" },
};

/* company_email is missing where the company gives none; people then sign in with account_email. What
 * marks the employing entity is its name, not an id. */
static const struct muster_map employee[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_AS_TEXT("employee_number", "/code"),
	MUSTER_COPY("full_name", "/full_name"),
	MUSTER_COPY("first_name", "/first_name"),
	MUSTER_COPY("middle_name", "/middle_name"),
	MUSTER_COPY("last_name", "/last_name"),
	MUSTER_COPY("preferred_name", "/known_as"),
	MUSTER_COPY("legal_name", "/full_legal_name"),
	MUSTER_COPY("legal_name", "/legal_name"),
	MUSTER_COPY("salutation", "/title"),
	MUSTER_COPY("pronouns", "/pronouns"),
	MUSTER_COPY("work_email", "/company_email"),
	MUSTER_COPY("work_email", "/account_email"),
	MUSTER_COPY("personal_email", "/personal_email"),
	MUSTER_AS_TEXT("work_phone", "/company_landline"),
	MUSTER_AS_TEXT("work_mobile_phone", "/company_mobile"),
	MUSTER_AS_TEXT("personal_phone", "/personal_mobile_number"),
	MUSTER_AS_TEXT("home_phone", "/home_phone"),
	MUSTER_COPY("job_title", "/job_title"),
	MUSTER_EACH("teams", "/teams", named),
	MUSTER_COPY("manager_id", "/primary_manager/id"),
	MUSTER_COPY("manager_name", "/primary_manager/name"),
	MUSTER_COPY("secondary_manager_id", "/secondary_manager/id"),
	MUSTER_COPY("legal_entity", "/employing_entity"),
	MUSTER_COPY("cost_centre", "/primary_cost_centre/name"),
	MUSTER_COPY("cost_centre_id", "/primary_cost_centre/id"),
	MUSTER_WORDS("employment_status", "/status", statuses),
	MUSTER_WORDS("employment_type", "/employment_type", employment_types),
	MUSTER_DAY("hire_date", "/start_date"),
	MUSTER_DAY("termination_date", "/termination_date"),
	MUSTER_COPY("termination_reason", "/termination_summary"),
	MUSTER_DAY("date_of_birth", "/date_of_birth"),
	MUSTER_WORDS("gender", "/gender", genders),
	MUSTER_COPY("marital_status", "/marital_status"),
	MUSTER_COPY("nationality", "/nationality"),
	MUSTER_COPY("country", "/country"),
	MUSTER_COPY("work_country", "/work_country"),
	MUSTER_COPY("work_location", "/location"),
	MUSTER_COPY("time_zone", "/time_zone"),
	MUSTER_INNER("home_address", "/residential_address", address),
	MUSTER_INNER("postal_address", "/postal_address", address),
	MUSTER_COPY("photo_url", "/avatar_url"),
	MUSTER_CUSTOM("role", "Role", "/role"),
	MUSTER_CUSTOM("external_id", "External ID", "/external_id"),
	MUSTER_CUSTOM("secondary_cost_centres", "Secondary cost centres", "/secondary_cost_centres"),
	MUSTER_CUSTOM("typical_work_day", "Typical work day", "/typical_work_day"),
	MUSTER_CUSTOM("roster", "Roster", "/roster"),
	MUSTER_CUSTOM("trial_or_probation_type", "Trial or probation", "/trial_or_probation_type"),
	MUSTER_CUSTOM("trial_length", "Length of the trial", "/trial_length"),
	MUSTER_CUSTOM("probation_length", "Length of the probation", "/probation_length"),
	MUSTER_CUSTOM("payroll_type", "Payroll type", "/payroll_type"),
	MUSTER_CUSTOM("previous_surname", "Previous surname", "/previous_surname"),
	MUSTER_CUSTOM("biography", "Biography", "/biography"),
	MUSTER_CUSTOM("independent_contractor", "Independent contractor", "/independent_contractor"),
	MUSTER_CUSTOM("trading_name", "Trading name", "/trading_name"),
	MUSTER_CUSTOM("abn", "ABN", "/abn"),
	MUSTER_CUSTOM("business_detail", "Business", "/business_detail"),
	MUSTER_CUSTOM("uk_tax_and_national_insurance", "Tax and National Insurance, UK",
		"/uk_tax_and_national_insurance"),
	MUSTER_CUSTOM("aboriginal_torres_strait_islander", "Aboriginal or Torres Strait Islander",
		"/aboriginal_torres_strait_islander"),
};

static const struct muster_map employment[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("job_title", "/title"),
	MUSTER_WORDS("employment_type", "/employment_type", employment_types),
	MUSTER_DAY("start_date", "/start_date"),
	MUSTER_DAY("end_date", "/end_date"),
	MUSTER_CUSTOM("contract_type", "Contract type", "/contract_type"),
	MUSTER_CUSTOM(
		"industry_standard_job_title", "Industry standard job title", "/industry_standard_job_title"),
};

static const struct muster_word contact_types[] = {
	{ "primary", "primary" },
	{ "secondary", "secondary" },
};

/* The address came with v2; whether it is a text or an object is not published. */
static const struct muster_map emergency_contact[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("name", "/contact_name"),
	MUSTER_COPY("relationship", "/relationship"),
	MUSTER_WORDS("kind", "/contact_type", contact_types),
	MUSTER_AS_TEXT("phone", "/daytime_contact_number"),
	MUSTER_AS_TEXT("after_hours_phone", "/after_hours_no"),
	MUSTER_AS_TEXT("mobile_phone", "/after_mobile_no"),
	MUSTER_CUSTOM("address", "Address", "/address"),
};

static const struct muster_word certification_types[] = {
	{ "check", "check" },
	{ "training", "training" },
};

static const struct muster_map certification[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("type", "/type", certification_types),
};

static const struct muster_map employee_certification[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("certification_id", "/certification_id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("type", "/type", certification_types),
	MUSTER_COPY("status", "/status"),
	MUSTER_DAY("completion_date", "/completion_date"),
	MUSTER_DAY("expiry_date", "/expiry_date"),
	MUSTER_COPY("driver_problem", "/driver_problem"),
	MUSTER_COPY("driver_details", "/driver_details"),
	MUSTER_COPY("reason", "/reason"),
};

/* What the member with the value is called is assumed: the published list of members stops before it. */
static const struct muster_map custom_field_value[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("custom_field_id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("description", "/description"),
	MUSTER_WORDS("type", "/type", field_types),
	MUSTER_COPY("value", "/value"),
};

/* ---- Time ---------------------------------------------------------------------------- */

static const struct muster_word leave_statuses[] = {
	{ "Pending", "requested" },
	{ "Approved", "approved" },
	{ "Declined", "declined" },
	{ "Cancelled", "cancelled" },
};

static const struct muster_map hours_per_day[] = {
	MUSTER_DAY("date", "/date"),
	MUSTER_NUMBER("hours", "/hours"),
};

/* A day comes as 2020-12-22T00:00:00+00:00. The category has a name here, and no id. */
static const struct muster_map time_off[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/employee_id"),
	MUSTER_COPY("time_off_type", "/leave_category_name"),
	MUSTER_WORDS("status", "/status", leave_statuses),
	MUSTER_DAY("start_date", "/start_date"),
	MUSTER_DAY("end_date", "/end_date"),
	MUSTER_NUMBER("amount", "/total_hours"),
	MUSTER_CONSTANT("unit", "hours"),
	MUSTER_EACH("days", "/hours_per_day", hours_per_day),
	MUSTER_NUMBER("balance", "/leave_balance_amount"),
	MUSTER_COPY("comment", "/comment"),
	MUSTER_COPY("reason", "/reason"),
};

static const struct muster_word units[] = {
	{ "days", "days" },
	{ "hours", "hours" },
};

static const struct muster_map time_off_type[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("unit", "/unit_type", units),
};

static const struct muster_word timesheet_statuses[] = {
	{ "pending", "pending" },
	{ "approved", "approved" },
	{ "declined", "rejected" },
	{ "rejected", "rejected" },
};

/* How start_time and end_time are written is not published; elsewhere a zone is written that is false, so
 * none is believed here. */
static const struct muster_map timesheet_entry[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/employee_id"),
	MUSTER_DAY("date", "/date"),
	MUSTER_CONSTANT("kind", "work"),
	MUSTER_WORDS("status", "/status", timesheet_statuses),
	MUSTER_LOCAL_TIME("start_time", "/start_time"),
	MUSTER_LOCAL_TIME("end_time", "/end_time"),
	MUSTER_NUMBER("amount", "/units"),
	MUSTER_WORDS("unit", "/unit_type", units),
	MUSTER_NUMBER("break_amount", "/break_units"),
	MUSTER_COPY("breaks", "/breaks"),
	MUSTER_COPY("comment", "/comment"),
	MUSTER_COPY("reason", "/reason"),
	MUSTER_COPY("cost_centre_id", "/cost_centre/id"),
	MUSTER_COPY("cost_centre", "/cost_centre/name"),
	MUSTER_COPY("work_site_id", "/work_site_id"),
	MUSTER_COPY("work_site", "/work_site_name"),
	MUSTER_COPY("position_id", "/position_id"),
	MUSTER_COPY("position", "/position_name"),
};

static const struct muster_word shift_statuses[] = {
	{ "draft", "draft" },
	{ "published", "published" },
	{ "cancelled", "cancelled" },
};

/* Times end in a Z, but the digits are those of the clock on the wall of the venue: seen of live accounts. */
static const struct muster_map shift[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/member_id"),
	MUSTER_COPY("employee_name", "/member_full_name"),
	MUSTER_WORDS("status", "/status", shift_statuses),
	MUSTER_LOCAL_TIME("start_time", "/start_time"),
	MUSTER_LOCAL_TIME("end_time", "/end_time"),
	MUSTER_COPY("open", "/is_open_shift"),
	MUSTER_COPY("notes", "/notes"),
	MUSTER_COPY("work_location", "/location_name"),
	MUSTER_COPY("position", "/position_name"),
	MUSTER_COPY("work_type", "/work_type_name"),
	MUSTER_COPY("breaks", "/breaks"),
};

static const struct muster_map unavailability[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/member_id"),
	MUSTER_COPY("description", "/description"),
	MUSTER_COPY("all_day", "/all_day"),
	MUSTER_DAY("start_date", "/start_date"),
	MUSTER_DAY("end_date", "/end_date"),
	MUSTER_COPY("start_time", "/start_time_a_day"),
	MUSTER_COPY("end_time", "/end_time_a_day"),
};

/* ---- Pay ----------------------------------------------------------------------------- */

/* Which members there are depends on the region. primary_account is documented as a text and was a boolean
 * in v1. */
static const struct muster_map bank_account[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("account_name", "/account_name"),
	MUSTER_AS_TEXT("account_number", "/account_number"),
	MUSTER_AS_TEXT("branch_code", "/bsb"),
	MUSTER_COPY("account_type", "/account_type"),
	MUSTER_COPY("currency", "/currency"),
	MUSTER_AS_TEXT("amount", "/amount"),
	MUSTER_BOOLEAN("primary", "/primary_account"),
	MUSTER_AS_TEXT("lock_level", "/lock_level"),
};

static const struct muster_map pay_detail[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_DAY("effective_date", "/effective_from"),
	MUSTER_NUMBER("salary", "/salary"),
	MUSTER_COPY("salary_type", "/salary_type"),
	MUSTER_COPY("pay_unit", "/pay_unit"),
	MUSTER_COPY("pay_category", "/pay_category"),
	MUSTER_COPY("pay_rate_template", "/pay_rate_template"),
	MUSTER_COPY("leave_allowance_template", "/leave_allowance_template"),
	MUSTER_COPY("classification", "/classification"),
	MUSTER_COPY("industrial_instrument", "/industrial_instrument"),
	MUSTER_DAY("anniversary_date", "/anniversary_date"),
	MUSTER_COPY("change_reason", "/change_reason"),
	MUSTER_COPY("comment", "/comments"),
};

static const struct muster_map payslip[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("first_name", "/first_name"),
	MUSTER_COPY("last_name", "/last_name"),
	MUSTER_DAY("payment_date", "/payment_date"),
	MUSTER_NUMBER("wages", "/wages"),
	MUSTER_NUMBER("net_pay", "/net_pay"),
	MUSTER_NUMBER("tax", "/tax"),
	MUSTER_NUMBER("superannuation", "/super"),
	MUSTER_NUMBER("reimbursements", "/reimbursements"),
	MUSTER_NUMBER("pre_tax_deductions", "/pre_tax_deduction"),
	MUSTER_NUMBER("post_tax_deductions", "/post_tax_deduction"),
	MUSTER_NUMBER("total_deductions", "/total_deduction"),
	MUSTER_NUMBER("base_rate", "/base_rate"),
	MUSTER_COPY("base_rate_unit", "/base_rate_unit"),
	MUSTER_NUMBER("hourly_rate", "/hourly_rate"),
	MUSTER_COPY("employment_type", "/employment_type"),
	MUSTER_CUSTOM("name", "Name", "/name"),
	MUSTER_CUSTOM("address_line1", "Address, line 1", "/address_line1"),
	MUSTER_CUSTOM("address_line2", "Address, line 2", "/address_line2"),
	MUSTER_CUSTOM("suburb", "Suburb", "/suburb"),
	MUSTER_CUSTOM("postcode", "Postcode", "/postcode"),
};

static const struct muster_map tax_declaration[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("first_name", "/first_name"),
	MUSTER_COPY("last_name", "/last_name"),
	MUSTER_AS_TEXT("tax_file_number", "/tax_file_number"),
	MUSTER_COPY("australian_resident", "/tax_au_resident"),
	MUSTER_COPY("foreign_resident", "/tax_foreign_resident"),
	MUSTER_COPY("working_holiday_maker", "/working_holiday_maker"),
	MUSTER_COPY("tax_free_threshold", "/tax_free"),
	MUSTER_COPY("study_loan", "/tax_help_debt"),
	MUSTER_COPY("financial_supplement_debt", "/tax_financial_supplement_debt"),
};

static const struct muster_map superannuation_detail[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("fund_name", "/fund_name"),
	MUSTER_AS_TEXT("member_number", "/member_number"),
	MUSTER_AS_TEXT("product_code", "/product_code"),
	MUSTER_COPY("employer_nominated", "/employer_nominated_fund"),
	MUSTER_AS_TEXT("fund_abn", "/fund_abn"),
	MUSTER_COPY("electronic_service_address", "/electronic_service_address"),
	MUSTER_COPY("fund_email", "/fund_email"),
	MUSTER_COPY("account_name", "/account_name"),
	MUSTER_AS_TEXT("account_branch_code", "/account_bsb"),
	MUSTER_AS_TEXT("account_number", "/account_number"),
};

#endif
