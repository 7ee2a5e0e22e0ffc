# Personio from end to end: filters, pages, what completes a person, windows, reports, rights, both APIs' errors.
# shellcheck disable=SC2154,SC2016 # scratch is of tap.sh; inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$top_builddir/plugins/.libs/personio.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
MUSTER_DATA_DIR=$scratch/data
TMPDIR=$scratch
export XDG_CACHE_HOME XDG_CONFIG_HOME MUSTER_DATA_DIR TMPDIR muster
cd "$scratch" || exit 99
umask 077

cat > functions << 'END'
# run FILE ARGUMENT…: records to FILE, what else is said to FILE.err, the exit status to FILE.status.
run() {
  run_file=$1
  shift
  "$muster" run personio "$@" --credentials "${credentials:-$MUSTER_SANDBOX_DIR/personio.json}" \
    > "$run_file" 2> "$run_file.err"
  echo $? > "$run_file.status"
}
END

# --- Lists, filters, pages

cat > lists << 'END'
. ./functions
run all list_employees
first=$(jq -r .id all | sed -n 1p)
second=$(jq -r .id all | sed -n 2p)
run inactive list_employees status=INACTIVE
run two list_employees "employee_id=$first,$second"
run changed list_employees updated_after=2025-06-01T02:00:00+02:00
run raw list_employees --raw
run many list_employments id=3014
run absences list_absence_periods
run absences-of list_absence_periods "employee_id=$second" start_date=2025-06-01 end_date=2026-06-30
run days list_absence_breakdowns --each time_off
run papers list_documents "id=$second" created_after=2024-02-15
run hours list_attendance_periods
run hours-changed list_attendance_periods updated_after=2026-07-01T00:00:00Z status=CONFIRMED
run hours-of-day list_attendance_periods start_date=2026-07-01 end_date=2026-07-31
run pay list_compensations start_date=2026-01-15 end_date=2026-04-14
run pay-of list_compensations start_date=2026-01-01 end_date=2026-01-31 "employee_id=$second"
run reports list_reports
run report get_report "id=$(jq -r .id reports | head -n 1)"
run chart get_report "id=$(jq -r .id reports | tail -n 1)"
run balances list_absence_balances --each employee
run nobody get_employee id=1
run no-balance list_absence_balances id=1
cp "$MUSTER_SANDBOX_DIR/ledger.ndjson" ledger
jq '.partner_id = "OPERATOR_GMBH"' "$MUSTER_SANDBOX_DIR/personio.json" > partner.json
credentials=partner.json
run partner list_teams
cp "$MUSTER_SANDBOX_DIR/ledger.ndjson" partner-ledger
END
status 'the lists' 0 "$muster" sandbox --employees 120 -- sh lists
cat err >&2

# good FILE…: these runs ended well.
good() {
  for good_file; do
    is "$good_file ends well" "$(cat "$good_file.status" "$good_file.err")" 0
  done
}
# same NAME FILE FILTER: FILE holds just the records of all that the filter chooses, and there are some.
same() {
  jq -c "select($3)" "${4:-all}" | sort > wanted
  jq -c . "$2" | sort > got
  ok "$1" test -s wanted
  ok "$1: just these" cmp wanted got
}
good all inactive two changed raw many absences absences-of days papers hours hours-changed hours-of-day pay pay-of \
  reports report balances partner
is 'each person once, over pages of fifty' "$(jq -r .id all | sort -u | wc -l)" 120
is 'in the order of the provider' "$(jq -r .id all | cksum)" "$(jq -r .id raw | cksum)"
is 'each is completed by an employment' "$(jq -r 'select(.job_title and .hire_date and .department_id)|.id' all |
  wc -l)" 120
is 'and has a whole name' "$(jq -r 'select(.full_name != .first_name + " " + .last_name)|.id' all)" ''
is 'whose status is finer' "$(jq -r .employment_status all | sort -u | tr '\n' ' ')" \
  'active inactive leave '
is 'but not when the records are raw' "$(jq -r 'select(.job_title)|.id' raw)" ''
same 'by status' inactive '.employment_status == "inactive"'
same 'by id' two '.id == "3001" or .id == "3002"'
same 'by the time of a change, in another zone' changed '.updated_at > "2025-06-01T00:00:00Z"'
is 'all employments, over two pages whose link is wrong' \
  "$(wc -l < many) $(jq -r .employee_id many | sort -u)" '12 3014'
same 'absences of a person that overlap with a period' absences-of '.employee_id == "3002" and
  .start_date <= "2026-06-30" and (.end_date == null or .end_date >= "2025-06-01")' absences
is 'whole days end at the midnight that follows the last' "$(jq -r 'select(.end_time)|
  select((if (.end_time|endswith("T00:00:00")) then (.end_time + "Z"|fromdate) - 86400|todate else .end_time end)[:10]
    != .end_date)|.id' absences)" ''
ok 'hours end within it' jq -es 'any(.[]; .end_time and (.end_time|endswith("T00:00:00")|not))' absences
is 'and no day lies outside of its absence' "$(jq -rs --slurpfile absences absences \
  '(INDEX($absences[]; .id)) as $of | .[] | select(.date < $of[.time_off_id].start_date or
    ($of[.time_off_id].end_date // "9") < .date) | .date' days)" ''
same 'attendances by change and status' hours-changed '.status == "approved" and
  .updated_at >= "2026-07-01T00:00:00Z"' hours
same 'attendances by day' hours-of-day '.date >= "2026-07-01" and .date <= "2026-07-31"' hours
is 'a time without a zone stays one' "$(jq -r .start_time hours | grep -vcE '^[0-9-]{10}T[0-9:]{8}$')" 0
is 'pay, month by month' "$(jq -r '.period_start + " " + .period_end' pay | sort -u | tr '\n' ';')" \
  '2026-01-15 2026-01-31;2026-02-01 2026-02-28;2026-03-01 2026-03-31;2026-04-01 2026-04-14;'
is 'pay of a person' "$(jq -r .employee_id pay-of | sort -u)" 3002
is 'rows of a report are counted over its pages' "$(jq -r .row report | sort -n | sed -n '1p;$p' | tr '\n' ' ')" \
  '1 120 '
is 'the columns name the cells' "$(head -n 1 report | jq -r '[.cells[].column]|join(" ")')" \
  'id first_name last_name weekly_hours status'
is 'a chart is no table' "$(cat chart.status)" 6
like 'which is said' "$(cat chart.err)" 'Unsupported nested type'
is 'balances of everybody, by the other API' "$(jq -r .employee_id balances | sort -u | wc -l)" 120
is 'nobody of this id' "$(cat nobody.status)" 14
is 'nor in the other API' "$(cat no-balance.status)" 14
like 'which says so in its words' "$(cat no-balance.err)" 'Es ist ein Problem aufgetreten'
is 'the company is named in every request' "$(jq -r '.headers["X-Personio-App-ID"]' ledger | sort -u)" ACME_GMBH
is 'a partner only where there is one' "$(jq -r '.headers["X-Personio-Partner-ID"] // "none"' ledger | sort -u)" none
is 'and then, too' "$(jq -r '.headers["X-Personio-Partner-ID"] // "none"' partner-ledger | tail -n 2 | sort -u)" \
  OPERATOR_GMBH
is 'one token each' "$(jq -r 'select(.path|test("auth"))|.path' ledger | sort -u | tr '\n' ' ')" \
  '/v1/auth /v2/auth/token '

# --- Rights

cat > rights << 'END'
. ./functions
run right list_absence_types
run right-v1 list_absence_balances id=3001
run wrong list_employees
run wrong-403 list_projects
run wrong-400 list_reports
run wrong-v1 list_attributes
END
status 'without most rights' 0 "$muster" sandbox --employees 20 --permissions personio:absences:read -- sh rights
good right right-v1
for run in wrong wrong-403 wrong-400 wrong-v1; do
  is "$run is a missing scope" "$(cat "$run.status")" 5
  like "$run names the guide" "$(cat "$run.err")" 'muster guide personio --actions list_'
done
like 'the permission is called as the settings call it' "$(cat wrong.err)" "'Employees'"

echo '. ./functions; run few list_employees' > attributes
status 'with few attributes' 0 "$muster" sandbox --employees 20 --attributes first_name,dynamic_305 -- sh attributes
is 'what is left out is no failure' "$(cat few.status)" 0
like 'but it is told, with the guide' "$(cat few.err)" \
  'no record of list_employees has last_name, work_email: Personio .*muster guide personio --actions list_employees'
is 'what is not selected is absent' "$(jq -r 'keys[]' few | sort -u | grep -cE '^(last_name|work_email|gender)$')" 0
is 'what is selected is there' "$(jq -r 'select(.first_name)|.id' few | wc -l)" 20
is 'also of what the company made itself' "$(jq -r '.custom_fields[]?.id' few | sort -u)" dynamic_305

# --- Wrong credentials

cat > wrongs << 'END'
. ./functions
jq '.client_secret = "papi-wrong"' "$MUSTER_SANDBOX_DIR/personio.json" > wrong.json
credentials=wrong.json
run refused list_teams
run refused-v1 list_attributes
END
status 'with a wrong secret' 0 "$muster" sandbox -- sh wrongs
is 'v2 refuses it' "$(cat refused.status)" 4
like 'in words' "$(cat refused.err)" 'invalid_client'
is 'v1 refuses it with status 200' "$(cat refused-v1.status)" 4
status 'with another status' 0 "$muster" sandbox --fault v1_status -- sh wrongs
is 'v1 refuses it with its own' "$(cat refused-v1.status)" 4

done_testing
