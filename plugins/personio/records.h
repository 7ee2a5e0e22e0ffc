/* Personio's records as ours. Where a shape is not published, a comment says so. */
#ifndef MUSTER_PERSONIO_RECORDS_H
#define MUSTER_PERSONIO_RECORDS_H

#include <muster/plugin.h>

/* ---- Persons ------------------------------------------------------------------------- */

static const struct muster_word genders[] = {
	{ "FEMALE", "female" },
	{ "MALE", "male" },
	{ "DIVERSE", "non_binary" },
	{ "UNSPECIFIED", "undisclosed" },
};

static const struct muster_word statuses[] = {
	{ "ACTIVE", "active" },
	{ "INACTIVE", "inactive" },
	{ "ONBOARDING", "onboarding" },
	{ "LEAVE", "leave" },
};

/* The label may be missing; the type is in capital letters in the description and in small ones in the
 * answers, so it is left as it is. */
static const struct muster_map attributes[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/label"),
	MUSTER_COPY("name", "/global_id"),
	MUSTER_COPY("name", "/id"),
	MUSTER_COPY("value", "/value"),
	MUSTER_COPY("type", "/type"),
};

/* No member is mandatory: what the credentials' list of attributes leaves out is not there. The status is ACTIVE
 * also of who is on leave or still to begin, so that of the employment stands in its place. */
static const struct muster_map employee[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_JOIN("full_name", "/first_name /last_name"),
	MUSTER_COPY("first_name", "/first_name"),
	MUSTER_COPY("last_name", "/last_name"),
	MUSTER_COPY("preferred_name", "/preferred_name"),
	MUSTER_COPY("work_email", "/email"),
	MUSTER_WORDS("gender", "/gender", genders),
	MUSTER_COPY("photo_url", "/profile_picture/url"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
	MUSTER_DATE_TIME("updated_at", "/updated_at"),
	MUSTER_EACH("custom_fields", "/custom_attributes", attributes),
};

/* Whether a contract is limited, the type does not say. */
static const struct muster_word employment_types[] = {
	{ "INTERNAL", "employee" },
	{ "EXTERNAL", "contractor" },
};

static const struct muster_map cost_centre_shares[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("percentage", "/weight"),
};

/* The published schema has last_working_day, its example last_working_date. */
static const struct muster_map employment[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("job_title", "/position/title"),
	MUSTER_WORDS("employment_status", "/status", statuses),
	MUSTER_WORDS("employment_type", "/type", employment_types),
	MUSTER_DATE("start_date", "/employment_start_date"),
	MUSTER_DATE("end_date", "/employment_end_date"),
	MUSTER_DATE("hire_date", "/employment_start_date"),
	MUSTER_DATE("termination_date", "/termination/termination_date"),
	MUSTER_DATE("termination_date", "/employment_end_date"),
	MUSTER_DATE("contract_end_date", "/contract_end_date"),
	MUSTER_DATE("probation_end_date", "/probation_end_date"),
	MUSTER_DATE("last_working_day", "/termination/last_working_day"),
	MUSTER_DATE("last_working_day", "/termination/last_working_date"),
	MUSTER_DATE("notice_date", "/termination/terminated_at"),
	MUSTER_COPY("termination_type", "/termination/type"),
	MUSTER_COPY("termination_reason", "/termination/reason"),
	MUSTER_NUMBER("weekly_hours", "/weekly_working_hours"),
	MUSTER_NUMBER("full_time_weekly_hours", "/full_time_weekly_working_hours"),
	MUSTER_COPY("manager_id", "/supervisor/id"),
	MUSTER_ELEMENT("department_id", "/org_units", "/type", "department", "/id"),
	MUSTER_ELEMENT("team_id", "/org_units", "/type", "team", "/id"),
	MUSTER_COPY("legal_entity_id", "/legal_entity/id"),
	MUSTER_COPY("work_location_id", "/office/id"),
	MUSTER_COPY("job_id", "/job/id"),
	MUSTER_EACH("cost_centres", "/cost_centers", cost_centre_shares),
	MUSTER_DATE_TIME("created_at", "/created_at"),
	MUSTER_DATE_TIME("updated_at", "/updated_at"),
};

/* What list_employments adds to a person: of the first employment, which is the newest. */
#define OF_EMPLOYMENT \
	"job_title employment_status employment_status_source employment_type employment_type_source hire_date termination_date contract_end_date" \
	" probation_end_date termination_reason weekly_hours manager_id department_id team_id" \
	" legal_entity_id work_location_id cost_centres"

/* Not published: these are the members that public clients of the API read. */
static const struct muster_map document[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_DAY("date", "/date"),
	MUSTER_COPY("comment", "/comment"),
	MUSTER_COPY("category_id", "/category/id"),
	MUSTER_COPY("type", "/document_type"),
	MUSTER_COPY("size", "/size"),
	MUSTER_COPY("virus_scan_status", "/virus_scan/status"),
	MUSTER_COPY("signature_status", "/esignature/status"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
};

/* ---- Absences ------------------------------------------------------------------------ */

static const struct muster_word approvals[] = {
	{ "PENDING", "requested" },
	{ "SUBSTITUTE_REQUESTED", "requested" },
	{ "APPROVED", "approved" },
	{ "DELETION_PENDING", "approved" },
	{ "REJECTED", "declined" },
};

static const struct muster_word halves[] = {
	{ "FIRST_HALF", "first_half" },
	{ "SECOND_HALF", "second_half" },
};

/* Times are local, in the zone of timezone_id: reference, "create absence period"; a Z, where one is written, is false.
 * The end is not included: what takes whole days ends at the midnight that follows the last of them, as seen of live
 * accounts. */
static const struct muster_map time_off[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/person/id"),
	MUSTER_COPY("time_off_type_id", "/absence_type/id"),
	MUSTER_WORDS("status", "/approval/status", approvals),
	MUSTER_DAY("start_date", "/starts_from/date_time"),
	MUSTER_LAST_DAY("end_date", "/ends_at/date_time"),
	MUSTER_WORDS("start_half", "/starts_from/type", halves),
	MUSTER_WORDS("end_half", "/ends_at/type", halves),
	MUSTER_LOCAL_TIME("start_time", "/starts_from/date_time"),
	MUSTER_LOCAL_TIME("end_time", "/ends_at/date_time"),
	MUSTER_COPY("time_zone", "/timezone_id"),
	MUSTER_COPY("comment", "/comment"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
	MUSTER_DATE_TIME("updated_at", "/updated_at"),
};

/* Types of absence say DAILY at some accounts and DAY at others. */
static const struct muster_word units[] = {
	{ "DAY", "days" },
	{ "DAILY", "days" },
	{ "HOUR", "hours" },
	{ "HOURLY", "hours" },
};

static const struct muster_map time_off_day[] = {
	MUSTER_PARAMETER("time_off_id", "id"),
	MUSTER_DAY("date", "/date"),
	MUSTER_NUMBER("amount", "/effective_duration/value"),
	MUSTER_WORDS("unit", "/effective_duration/unit", units),
};

static const struct muster_map time_off_type[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("category", "/category"),
	MUSTER_WORDS("unit", "/unit", units),
};

static const struct muster_map time_off_balance[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("time_off_type_id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("category", "/category"),
	MUSTER_NUMBER("balance", "/balance"),
	MUSTER_NUMBER("available_balance", "/available_balance"),
};

/* ---- Attendance ---------------------------------------------------------------------- */

static const struct muster_word kinds[] = {
	{ "WORK", "work" },
	{ "BREAK", "break" },
};

static const struct muster_word confirmations[] = {
	{ "PENDING", "pending" },
	{ "CONFIRMED", "approved" },
	{ "REJECTED", "rejected" },
};

/* Local times without a zone; a period may cross midnight, and one that goes on has no end. A break is a
 * period of its own. */
static const struct muster_map timesheet_entry[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/person/id"),
	MUSTER_DAY("date", "/attribution_date"),
	MUSTER_WORDS("kind", "/type", kinds),
	MUSTER_WORDS("status", "/approval/status", confirmations),
	MUSTER_LOCAL_TIME("start_time", "/start/date_time"),
	MUSTER_LOCAL_TIME("end_time", "/end/date_time"),
	MUSTER_COPY("comment", "/comment"),
	MUSTER_COPY("project_id", "/project/id"),
	MUSTER_COPY("automatic", "/is_auto_generated"),
	MUSTER_COPY("on_holiday", "/is_holiday"),
	MUSTER_COPY("on_time_off", "/is_on_time_off"),
	MUSTER_DATE_TIME("created_at", "/created_at"),
	MUSTER_DATE_TIME("updated_at", "/updated_at"),
};

static const struct muster_word project_statuses[] = {
	{ "ACTIVE", "active" },
	{ "ARCHIVED", "inactive" },
};

static const struct muster_map project[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("code", "/project_code"),
	MUSTER_COPY("client", "/client_name"),
	MUSTER_COPY("billable", "/billable"),
	MUSTER_WORDS("status", "/status", project_statuses),
	MUSTER_DAY("start_date", "/start/date"),
	MUSTER_DAY("end_date", "/end/date"),
	MUSTER_COPY("cost_centre_id", "/cost_center/id"),
	MUSTER_COPY("parent_id", "/parent_project/id"),
	MUSTER_NUMBER("tracked_minutes", "/tracked_minutes"),
	MUSTER_COPY("open_to_all", "/assigned_to_all"),
};

/* ---- The company --------------------------------------------------------------------- */

static const struct muster_map org_unit[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("abbreviation", "/abbreviation"),
	MUSTER_COPY("description", "/description"),
	MUSTER_COPY("parent_id", "/parent_id"),
	MUSTER_DATE_TIME("created_at", "/create_time"),
};

static const struct muster_map legal_entity[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("country", "/country"),
};

static const struct muster_map cost_centre[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
};

static const struct muster_map work_location[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("country", "/country"),
};

/* v1: custom attributes have the type of their values, all others are "standard". */
static const struct muster_word attribute_types[] = {
	{ "integer", "number" },
	{ "decimal", "number" },
	{ "date", "date" },
	{ "boolean", "boolean" },
	{ "list", "single_select" },
	{ "tags", "multi_select" },
	{ "multiline", "text" },
	{ "link", "text" },
};

static const struct muster_map custom_field[] = {
	MUSTER_COPY("id", "/key"),
	MUSTER_COPY("name", "/label"),
	MUSTER_WORDS("type", "/type", attribute_types),
	MUSTER_COPY("universal_id", "/universal_id"),
	MUSTER_COPY("options", "/options"),
};

/* ---- Pay ----------------------------------------------------------------------------- */

static const struct muster_word pay_categories[] = {
	{ "FIXED_SALARY", "salary" },
	{ "HOURLY_SALARY", "hourly" },
	{ "RECURRING", "recurring" },
	{ "ONE_TIME", "one_time" },
	{ "BONUS", "bonus" },
};

static const struct muster_word intervals[] = {
	{ "MONTHLY", "monthly" },
	{ "QUARTERLY", "quarterly" },
	{ "HALF-YEARLY", "half_yearly" },
	{ "YEARLY", "yearly" },
};

/* The shape is not published. Seen: {"amount": {"value", "currency"}}; creating one takes both without the
 * object around them, so that is read, too. */
static const struct muster_map compensation[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_id", "/person/id"),
	MUSTER_COPY("compensation_type_id", "/type/id"),
	MUSTER_COPY("name", "/type/name"),
	MUSTER_WORDS("category", "/type/category", pay_categories),
	MUSTER_NUMBER("amount", "/amount/value"),
	MUSTER_NUMBER("amount", "/value"),
	MUSTER_COPY("currency", "/amount/currency"),
	MUSTER_COPY("currency", "/currency"),
	MUSTER_WORDS("interval", "/interval", intervals),
	MUSTER_DAY("effective_date", "/effective_from"),
	MUSTER_PARAMETER("period_start", "start_date"),
	MUSTER_PARAMETER("period_end", "end_date"),
	MUSTER_COPY("legal_entity_id", "/legal_entity/id"),
	MUSTER_NUMBER("weekly_hours", "/weekly_working_hours"),
	MUSTER_NUMBER("full_time_weekly_hours", "/full_time_weekly_working_hours"),
	MUSTER_COPY("comment", "/comment"),
};

static const struct muster_map compensation_type[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("category", "/category", pay_categories),
};

/* ---- Reports ------------------------------------------------------------------------- */

/* The list is not published beyond the id and the name. */
static const struct muster_map report[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("status", "/status"),
};

/* A cell holds its value under the name of its kind. */
static const struct muster_map cells[] = {
	MUSTER_COPY("column", "/column/name"),
	MUSTER_COPY("label", "/column/display"),
	MUSTER_COPY("type", "/column/type"),
	MUSTER_COPY("value", "/cell/string_value/value"),
	MUSTER_COPY("value", "/cell/numeric_value/number"),
	MUSTER_COPY("value", "/cell/options_value/options"),
	MUSTER_COPY("value", "/cell/time_range_value"),
	MUSTER_COPY("value", "/cell/percentage_value"),
	MUSTER_COPY("value", "/cell/monetary_value"),
};

static const struct muster_map report_row[] = {
	MUSTER_PARAMETER("report_id", "id"),
	MUSTER_COPY("row", "/row"),
	MUSTER_EACH("cells", "/cells", cells),
};

/* ---- Recruiting ---------------------------------------------------------------------- */

/* Not published: the members that public clients read. A time is an object of its digits and its zone. */
#define RECRUITING_TIMES \
	MUSTER_LOCAL_TIME("created_time", "/created_at/date-time"), \
		MUSTER_LOCAL_TIME("updated_time", "/updated_at/date-time"), \
		MUSTER_COPY("time_zone", "/updated_at/timezone")

static const struct muster_map application[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("candidate_id", "/candidate/id"),
	MUSTER_JOIN("full_name", "/candidate/first_name /candidate/last_name"),
	MUSTER_COPY("first_name", "/candidate/first_name"),
	MUSTER_COPY("last_name", "/candidate/last_name"),
	MUSTER_COPY("email", "/candidate/email"),
	MUSTER_COPY("job_id", "/job/id"),
	MUSTER_COPY("job", "/job/name"),
	MUSTER_COPY("stage_id", "/current_stage/id"),
	MUSTER_COPY("stage", "/current_stage/name"),
	MUSTER_COPY("stage_type", "/current_stage/type"),
	MUSTER_COPY("channel", "/channel/name"),
	MUSTER_DAY("application_date", "/application_date"),
	MUSTER_COPY("anonymized", "/is_anonymized"),
	RECRUITING_TIMES,
};

static const struct muster_word candidate_genders[] = {
	{ "female", "female" },
	{ "male", "male" },
	{ "diverse", "non_binary" },
	{ "FEMALE", "female" },
	{ "MALE", "male" },
	{ "DIVERSE", "non_binary" },
	{ "UNSPECIFIED", "undisclosed" },
};

static const struct muster_map applications[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("application_date", "/application_date"),
};

static const struct muster_map candidate[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_JOIN("full_name", "/first_name /last_name"),
	MUSTER_COPY("first_name", "/first_name"),
	MUSTER_COPY("last_name", "/last_name"),
	MUSTER_COPY("email", "/email"),
	MUSTER_COPY("phone", "/phone"),
	MUSTER_WORDS("gender", "/gender", candidate_genders),
	MUSTER_DAY("date_of_birth", "/birthday"),
	MUSTER_COPY("location", "/location"),
	MUSTER_COPY("linkedin_url", "/linkedin_profile"),
	MUSTER_COPY("available_from", "/available_from"),
	MUSTER_EACH("applications", "/applications", applications),
	RECRUITING_TIMES,
};

static const struct muster_map hiring_team[] = {
	MUSTER_COPY("employee_id", "/person/id"),
	MUSTER_COPY("employee_id", "/person_id"),
	MUSTER_COPY("role", "/role/name"),
	MUSTER_COPY("role", "/role"),
};

static const struct muster_map job[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("department", "/department/name"),
	MUSTER_COPY("department_id", "/department/id"),
	MUSTER_COPY("category", "/category/name"),
	MUSTER_COPY("category", "/category"),
	MUSTER_COPY("category_id", "/category/id"),
	MUSTER_COPY("legal_entity_id", "/company/id"),
	MUSTER_EACH("hiring_team", "/hiring_team", hiring_team),
	RECRUITING_TIMES,
};

static const struct muster_map stages[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("kind", "/kind"),
	MUSTER_COPY("type", "/type"),
};

static const struct muster_map job_category[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_EACH("stages", "/stages", stages),
};

#endif
