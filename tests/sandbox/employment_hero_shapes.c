/* The shapes are those of the published examples and of the vendor's own client library, as far as they go.
 * Assumed are: the formats of dates other than those of leave requests and shifts, statuses other than those
 * quoted in the documentation, the value of an employee's custom field (member value), and that what is
 * unknown is null where the documentation shows it and absent where it is of another region. */
#include "config.h"

#include "sandbox/employment_hero_text.h"

#include <stddef.h>

/* ---- Templates ------------------------------------------------------------------------- */

#define NAMED "'id':<id>,'name':<name>"

static const char organisation[] = "{" NAMED ",'phone':<phone>,'country':<country>,'logo_url':null}";

static const char organisation_detail[] =
	"{" NAMED
	",'phone':<phone>,'country':<country>,'logo_url':null,'primary_address':'1 Flinders Street',"
	"'end_of_week':'Sunday','typical_work_day':'7.6',"
	"'payroll_admin_emails':['payroll@piedpiper.example'],"
	"'subscription_plan':'Platinum','superfund_name':null,'employees_count':<headcount>,"
	"'active_employees_count':<headcount>,'pending_employees_count':0,'time_zone':<time_zone>,"
	"'created_at':'2020-01-01T00:00:00+00:00'}";

#define ADDRESS(type) \
	"{'address_type':'" type "','line_1':<street>,'line_2':null,'line_3':null,'block_number':null," \
	"'level_number':null,'unit_number':null,'city':<city>,'postcode':<postcode>,'state':<state>," \
	"'suburb':<city>,'country':<country>,'is_residential':true,'street_name':<street>," \
	"'is_manually_entered':false}"

static const char employee[] =
	"{'id':<id>,'account_email':<email>,'email':<email>,'title':<title>,'role':<role>,"
	"'first_name':<given>,"
	"'last_name':<family>,'middle_name':null,'known_as':<known_as>,'full_name':<full>,"
	"'full_legal_name':<full>,'legal_name':<full>,'pronouns':<pronouns>,'avatar_url':null,"
	"'address':<street>,'personal_email':<personal_email>,'personal_mobile_number':<phone>,"
	"'home_phone':null,'company_email':<email>,'company_mobile':null,'company_landline':'',"
	"'display_mobile_in_staff_directory':<flag>,'job_title':<job>,'code':<code>,'location':<city>,"
	"'employing_entity':<entity>,'start_date':<start>,'termination_date':<left>,'status':<status>,"
	"'termination_summary':<left_why>,'employment_type':<employment_type>,'typical_work_day':'7.6',"
	"'roster':<flag>,'trial_or_probation_type':'probation','trial_length':null,'probation_length':6,"
	"'global_teams_start_date':null,'global_teams_probation_end_date':null,'external_id':<external>,"
	"'work_country':<country>,'payroll_type':null,'time_zone':<time_zone>,'nationality':null,"
	"'gender':<gender>,'country':<country>,'date_of_birth':<birth>,'marital_status':<marital>,"
	"<if au>'aboriginal_torres_strait_islander':false,'previous_surname':null,<end>"
	"'biography':'Likes \\u201cquotes\\u201d \\ud83d\\ude80','instapay_referral_opted_out':false,"
	"'independent_contractor':<contractor>,"
	"<if contractor>'trading_name':<full>,<end><if au_contractor>'abn':<digits>,<end>"
	"<if contractor>'business_detail':{'country':<country>,'number':<digits>,"
	"'business_type':'sole_trader'},<end>"
	"<if uk>'uk_tax_and_national_insurance':{'id':<digits>,'unique_taxpayer_reference':<digits>,"
	"'national_insurance_number':'QQ123456C'},<end>"
	"'teams':[{'id':<team>,'name':<team_name>}],"
	"'primary_cost_centre':{'id':<centre>,'name':<centre_name>},'secondary_cost_centres':[],"
	"'primary_manager':<manager>,'secondary_manager':null,'residential_address':" ADDRESS(
		"residential") ","
			       "'postal_address':<if flag>" ADDRESS("postal") "<end><if no_flag>null<end>}";

static const char team[] = "{" NAMED ",'status':'active'}";

static const char leave_request[] =
	"{'id':<id>,'start_date':<from_time>,'end_date':<to_time>,'total_hours':<leave_hours>,'comment':'',"
	"'status':<leave_status>,'leave_balance_amount':0.0,'leave_category_name':<leave_category>,"
	"'reason':<leave_reason>,'employee_id':<employee>,'hours_per_day':<hours_per_day>}";

static const char leave_category[] = "{" NAMED ",'unit_type':<unit_type>}";

static const char timesheet_entry[] =
	"{'id':<id>,'employee_id':<employee>,'date':<from_day_time>,'start_time':<from_clock>,"
	"'end_time':<to_clock>,"
	"'status':<timesheet_status>,'units':8.0,'unit_type':'hours','break_units':0.5,'breaks':[],"
	"'reason':null,"
	"'comment':'','time':28800000,'cost_centre':{'id':<centre>,'name':<centre_name>},'work_site_id':null,"
	"'work_site_name':null,'position_id':null,'position_name':null}";

/* The digits are those of the clock on the wall of the venue, whatever the Z says. */
static const char rostered_shift[] =
	"{'id':<id>,'start_time':<from_z>,'end_time':<to_z>,'status':<shift_status>,'notes':null,"
	"'is_open_shift':<open>,'location_name':<city>,<if no_open>'member_id':<employee>,"
	"'member_full_name':<full>,<end><if open>'member_id':null,'member_full_name':null,<end>"
	"'position_name':<job>,'work_type_name':null,'breaks':[]}";

static const char unavailability[] =
	"{'id':<id>,'member_id':<employee>,'description':'Appointment','all_day':<flag>,"
	"'start_date':<from_date>,"
	"'end_date':<to_date>,<if no_flag>'start_time_a_day':'09:00','end_time_a_day':'12:00'<end>"
	"<if flag>'start_time_a_day':null,'end_time_a_day':null<end>}";

/* All of a series have its id. */
static const char contractor_unavailability[] =
	"{'id':<series>,'member_id':<employee>,'start_date':<from_date>,'end_date':<to_date>}";

static const char policy[] = "{" NAMED ",'induction':<flag>,'created_at':'2020-01-01T00:00:00+00:00'}";

static const char certification[] = "{" NAMED ",'type':<certification_type>}";

static const char employee_certification[] =
	"{'id':<id>,'name':<certification_name>,'certification_id':<certification>,"
	"'type':<certification_type>,"
	"'expiry_date':<expiry>,'completion_date':<start>,'driver_problem':false,'driver_details':null,"
	"'status':<certification_status>,'reason':null}";

static const char bank_account[] =
	"{<if asia>'currency':<currency>,<end><if no_asia>'account_name':<full>,<end>"
	"<if au>'account_type':'bank_account',<end>'account_number':<digits>,<if au>'bsb':'063000',<end>"
	"'amount':<amount>,'primary_account':<primary>,'lock_level':null}";

static const char emergency_contact[] =
	"{'id':<id>,'contact_name':<contact>,'daytime_contact_number':<phone>,'after_hours_no':null,"
	"'after_mobile_no':<phone>,'relationship':<relationship>,'contact_type':<contact_type>,"
	"'address':<street>}";

static const char employment_history[] =
	"{'id':<id>,'title':<job>,'start_date':<start>,'end_date':<left>,'employment_type':<employment_type>,"
	"'contract_type':null,'industry_standard_job_title':null}";

static const char pay_detail[] =
	"{'id':<id>,'effective_from':<start>,'classification':null,'industrial_instrument':null,"
	"'pay_rate_template':null,'anniversary_date':<start>,'salary':<salary>,'salary_type':'Annually',"
	"'pay_unit':'Annually','pay_category':null,'leave_allowance_template':null,'change_reason':null,"
	"'comments':''}";

static const char payslip[] =
	"{'id':<id>,'first_name':<given>,'last_name':<family>,'total_deduction':0.0,'net_pay':4321.09,"
	"'super':543.21,'wages':5432.1,'reimbursements':0.0,'tax':1111.01,'name':<full>,"
	"'address_line1':<street>,'address_line2':null,'suburb':<city>,'postcode':<postcode>,"
	"'post_tax_deduction':0.0,'pre_tax_deduction':0.0,'base_rate':<salary>,'hourly_rate':52.631579,"
	"'base_rate_unit':'Annually','employment_type':<employment_type>,'payment_date':<payday>}";

static const char tax_declaration[] =
	"{'first_name':<given>,'last_name':<family>,'tax_file_number':<digits>,'tax_au_resident':true,"
	"'tax_foreign_resident':false,'working_holiday_maker':false,'tax_free':<flag>,'tax_help_debt':false,"
	"'tax_financial_supplement_debt':false}";

static const char superannuation_detail[] =
	"{'fund_name':'Hooli Super','member_number':<digits>,'product_code':'HS0100AU',"
	"'employer_nominated_fund':<flag>,'fund_abn':'12345678901','electronic_service_address':null,"
	"'fund_email':'fund@hooli.example','account_name':<full>,'account_bsb':'063000',"
	"'account_number':<digits>}";

static const char custom_field[] =
	"{" NAMED
	",'hint':null,'description':<name>,'type':<field_type>,'in_onboarding':<flag>,'required':false,"
	"'custom_field_permissions':[{'id':<digits>,'permission':'view','role':'admin'}],"
	"'custom_field_options':<field_options>}";

static const char employee_custom_field[] =
	"{'id':<field>,'name':<field_name>,'description':<field_name>,'type':<field_type>,"
	"'value':<field_value>}";

static const char named[] = "{" NAMED "}";

static const char work_location[] = "{" NAMED ",'country':<country>}";

static const char work_site[] =
	"{" NAMED
	",'status':'active','roster_positions_count':1,'hr_positions':[{'id':<centre>,'status':'active',"
	"'roster_positions_count':1,'cost_centre':{'id':<centre>,'name':<centre_name>},'color':'#7622d7',"
	"'team_assign_mode':'auto'}],'address':" ADDRESS(
		"work_site") ",'departments':[{'id':<team>,"
			     "'name':<team_name>,'assignment_count':2}]}";

/* ---- The records and their names ------------------------------------------------------- */

static const struct hero_look looks[HERO_SETS] = {
	[HERO_ORGANISATIONS] = { organisation, organisation_detail, { NULL } },
	[HERO_EMPLOYEES] = { employee, NULL, { NULL } },
	[HERO_TEAMS] = { team, NULL,
		{ "Engineering", "People & Culture", "Vertrieb", "人事部", "Ops \"24/7\"" } },
	[HERO_LEAVE_REQUESTS] = { leave_request, NULL, { NULL } },
	[HERO_LEAVE_CATEGORIES] = { leave_category, NULL,
		{ "Annual Leave", "Personal/Carer's Leave", "Long Service Leave", "Leave Without Pay" } },
	[HERO_TIMESHEET_ENTRIES] = { timesheet_entry, NULL, { NULL } },
	[HERO_ROSTERED_SHIFTS] = { rostered_shift, NULL, { NULL } },
	[HERO_UNAVAILABILITIES] = { unavailability, NULL, { NULL } },
	[HERO_CONTRACTOR_UNAVAILABILITIES] = { contractor_unavailability, NULL, { NULL } },
	[HERO_POLICIES] = { policy, NULL, { "Code of Conduct", "Leave Policy", "Working From Home" } },
	[HERO_CERTIFICATIONS] = { certification, NULL,
		{ "First Aid", "Working With Children Check", "Forklift", "Driver's Licence" } },
	[HERO_EMPLOYEE_CERTIFICATIONS] = { employee_certification, NULL, { NULL } },
	[HERO_BANK_ACCOUNTS] = { bank_account, NULL, { NULL } },
	[HERO_EMERGENCY_CONTACTS] = { emergency_contact, NULL, { NULL } },
	[HERO_EMPLOYMENT_HISTORIES] = { employment_history, NULL, { NULL } },
	[HERO_PAY_DETAILS] = { pay_detail, NULL, { NULL } },
	[HERO_PAYSLIPS] = { payslip, NULL, { NULL } },
	[HERO_TAX_DECLARATION] = { tax_declaration, NULL, { NULL } },
	[HERO_SUPERANNUATION_DETAIL] = { superannuation_detail, NULL, { NULL } },
	[HERO_CUSTOM_FIELDS] = { custom_field, NULL, { "T-shirt size", "Nickname", "Languages", "Desk" } },
	[HERO_EMPLOYEE_CUSTOM_FIELDS] = { employee_custom_field, NULL, { NULL } },
	[HERO_COST_CENTRES] = { named, NULL, { "R&D", "Administration", "Ventes" } },
	[HERO_WORK_LOCATIONS] = { work_location, NULL, { "Melbourne", "Sydney", "Whangārei" } },
	[HERO_WORK_SITES] = { work_site, NULL, { "Warehouse", "Front Desk" } },
	[HERO_EMPLOYING_ENTITIES] = { named, NULL, { "Pied Piper Pty Ltd", "Pied Piper Services Pty Ltd" } },
	[HERO_ROLES] = { named, NULL, { "employee", "manager", "admin", "owner" } },
};

const struct hero_look *hero_look(enum hero_set set)
{
	return &looks[set];
}
