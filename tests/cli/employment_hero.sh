# Employment Hero from end to end: pages, dates in three forms, windows, everything of everybody, rights.
# shellcheck disable=SC2154,SC2016 # scratch is of tap.sh; inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$top_builddir/plugins/.libs/employment_hero.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
TMPDIR=$scratch
export XDG_CACHE_HOME TMPDIR muster
cd "$scratch" || exit 99
umask 077

cat > functions << 'END'
# keep FILE COMMAND…: its output in FILE, what else it says in FILE.err, the exit status in FILE.status.
keep() {
  keep_file=$1
  shift
  "$@" > "$keep_file" 2> "$keep_file.err" < /dev/null
  echo $? > "$keep_file.status"
}
link() {
  keep "$1" "$muster" link employment_hero --name hero \
    --credentials "$MUSTER_SANDBOX_DIR/employment_hero.json" ${2:+"$2"}
}
run() {
  run_file=$1
  shift
  keep "$run_file" "$muster" run hero "$@"
}
# An installation that knows nothing yet.
home=$(mktemp -d)
XDG_CONFIG_HOME=$home/config
XDG_DATA_HOME=$home/share
MUSTER_DATA_DIR=$home/data
export XDG_CONFIG_HOME XDG_DATA_HOME MUSTER_DATA_DIR
END
# good FILE…: these ended well.
good() {
  for good_file; do
    is "$good_file ends well" "$(cat "$good_file.status")" 0 || diag "$(cat "$good_file.err")"
  done
}

# --- Lists, dates, windows

cat > lists << 'END'
. ./functions
link linked
run all list_employees
run contractors list_employees member_type=contractor
contractor=$(jq -r .id contractors | head -n 1)
run time-off list_leave_requests
run time-off-of list_leave_requests start_date=2026-01-01 end_date=2026-03-31
run hours list_timesheet_entries start_date=2026-07-01 end_date=2026-07-31
run shifts list_rostered_shifts start_date=2026-07-01 end_date=2026-07-31
run drafts list_rostered_shifts start_date=2026-07-01 end_date=2026-07-31 status=draft
run shifts-of list_rostered_shifts start_date=2026-07-01 end_date=2026-07-31 "employee_id=$contractor" starting=true
run away list_unavailabilities start_date=2026-05-20 end_date=2026-08-10
run contractors-away list_contractor_unavailabilities start_date=2025-01-01 end_date=2026-12-31
run members list_team_employees --each team
cp "$MUSTER_SANDBOX_DIR/ledger.ndjson" ledger
END
status 'the lists' 0 "$muster" sandbox --employees 230 --limits 0 --consent yes -- sh lists
cat err >&2
good linked all contractors time-off time-off-of hours shifts drafts shifts-of away contractors-away members

# asked WHAT: the queries that were sent for it, each once.
asked() {
  jq -r --arg what "/$1" 'select(.path|endswith($what)).query' ledger | sort -u
}
is 'each person once, over pages of a hundred' "$(wc -l < all) $(jq -r .id all | sort -u | wc -l)" '230 230'
is 'pages are counted, and as large as they may be' "$(asked employees | grep -v member_type | tr '\n' ' ')" \
  'item_per_page=100 item_per_page=100&page_index=2 item_per_page=100&page_index=3 '
is 'contractors are a kind of member' "$(jq -r '.custom_fields[]|select(.id == "independent_contractor").value' \
  contractors | sort -u)" true
like 'leave is asked for by ISO days' "$(asked leave_requests)" '^start_date=2026-01-01&end_date=2026-03-31&'
is 'leave that overlaps with the period' "$(jq -c 'select(.start_date <= "2026-03-31" and
  .end_date >= "2026-01-01").id' time-off | sort | cksum)" "$(jq -c .id time-off-of | sort | cksum)"
is 'an amount of hours' "$(jq -r .unit time-off | sort -u)" hours
like 'timesheets are asked for by day, month, year' "$(asked timesheet_entries)" \
  'start_date=01%2F07%2F2026&end_date=31%2F07%2F2026'
like 'of everybody, unless one is named' "$(jq -r .path ledger)" '/employees/-/timesheet_entries$'
is 'and of these days' "$(jq -r .date hours | grep -vc '^2026-07-')" 0
like 'shifts are asked for by times' "$(asked rostered_shifts)" \
  'from_date=2026-07-01T00%3A00%3A00Z&to_date=2026-07-31T23%3A59%3A59Z'
is 'whose zone is not believed' "$(jq -r .start_time shifts | grep -c Z)" 0
is 'some are drafts' "$(jq -r .status drafts | sort -u) $(jq -r .status shifts | sort -u | tr '\n' ' ')" \
  'draft draft published '
like 'a list is a parameter for each' "$(asked rostered_shifts)" 'statuses%5B%5D=draft'
is 'shifts of a person' "$(jq -r .employee_id shifts-of | sort -u)" "$(jq -r .id contractors | head -n 1)"
is 'unavailabilities are asked for month by month' "$(asked unavailabilities | cut -d '&' -f 1,2 | tr '\n' ' ')" \
  "from_date=2026-05-20&to_date=2026-05-31 from_date=2026-06-01&to_date=2026-06-30 \
from_date=2026-07-01&to_date=2026-07-31 from_date=2026-08-01&to_date=2026-08-10 "
is 'those of contractors in windows of 366 days' \
  "$(asked contractor_unavailabilities | cut -d '&' -f 1,2 | tr '\n' ' ')" \
  'start_date=2025-01-01&end_date=2026-01-01 start_date=2026-01-02&end_date=2026-12-31 '
is 'a series has one id' "$(jq -r '.id + .start_date' contractors-away | sort | uniq -d)" ''
is 'the members of all teams' "$(jq -r .id members | sort -u | wc -l)" 230
is 'no scope is asked for' "$(jq -r '.query // ""' ledger | grep -c 'scope=')" 0

# --- Everything of everybody

cat > everybody << 'END'
. ./functions
link linked
run all list_employees
for action in list_bank_accounts list_emergency_contacts list_employment_histories list_pay_details list_payslips \
  list_employee_certifications list_employee_custom_fields; do
  run "$action" "$action" --each employee
done
run tax get_tax_declaration --each employee
END
status 'everything of everybody' 0 "$muster" sandbox --employees 12 --limits 0 --consent yes -- sh everybody
good linked all tax list_bank_accounts list_emergency_contacts list_employment_histories list_pay_details list_payslips \
  list_employee_certifications list_employee_custom_fields
jq -r .id all | sort > people
for action in list_bank_accounts list_emergency_contacts list_employment_histories list_pay_details list_payslips; do
  jq -r .employee_id "$action" | sort -u > owners
  ok "$action: of each employee" cmp people owners
done
is 'who has no tax declaration is left out: contractors, people elsewhere' "$(jq -r .employee_id tax | sort)" \
  "$(jq -r 'select(.work_country == "AU" and
  any(.custom_fields[]; .id == "independent_contractor" and .value == false)).id' all | sort)"
is 'no value stands twice' "$(jq -r '.employee_id + .custom_field_id' list_employee_custom_fields | sort | uniq -d)" ''

# --- Rights, organisations

cat > rights << 'END'
. ./functions
link linked
run right list_employees
run one get_employee "id=$(jq -r .id right | head -n 1)"
run wrong list_pay_details id=x
organisation=$("$muster" account show hero --json | jq -r .fields.organisation)
again() {
  keep "$1" "$muster" link employment_hero --name "$1" \
    --credentials "$MUSTER_SANDBOX_DIR/employment_hero.json" "organisation=$2"
}
again hinted 12345
again sure "https://secure.employmenthero.com/app/organisations/$organisation/people"
END
status 'with few scopes' 0 "$muster" sandbox --employees 5 --permissions employees:list,organisations:list \
  --consent yes -- sh rights
good linked right hinted sure
like 'one that was not entered is taken, and said' "$(cat hinted.err)" \
  'Organisation: [-0-9a-f]* is taken, .* What was entered is 12345\.'
unlike 'one that was entered is not' "$(cat sure.err)" 'is taken'
is 'one by its id has a scope of its own' "$(cat one.status)" 5
like 'which is named' "$(cat one.err)" ' needs employees:show'
is 'the others are missing' "$(cat wrong.status)" 5
like 'by name, and no more' "$(cat wrong.err)" ' needs pay_details:list: grant it at Employment Hero'
status 'with newer names of scopes' 0 "$muster" sandbox --employees 5 --consent yes --permissions \
  urn:mainapp:employees:read,urn:mainapp:organisations:read,urn:mainapp:pay_details:read -- sh rights
good linked right one
is 'they are as good: now it is the employee that is missing' "$(cat wrong.status)" 14

cat > several << 'END'
. ./functions
link unsaid
second=$(sed -n 's/^  organisation=\([^ ]*\) is .*/\1/p' unsaid.err | sed -n 2p)
echo "$second" > second
link said "organisation=$second"
run organisations list_organisations
run all list_employees
cp "$MUSTER_SANDBOX_DIR/ledger.ndjson" ledger
END
status 'one of several organisations' 0 "$muster" sandbox --organisations 3 --employees 5 --consent yes -- sh several
is 'has to be said' "$(cat unsaid.status)" 13
is 'each is offered' "$(grep -c '^  organisation=' unsaid.err)" 3
good said organisations all
is 'the token reaches all of them' "$(jq -r .id organisations | wc -l)" 3
is 'but only that one is asked' "$(jq -r 'select(.path|endswith("/employees")).path|split("/")[4]' ledger | sort -u)" \
  "$(cat second)"

done_testing
