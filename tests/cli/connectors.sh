# Every action of every connector against the simulated providers: it ends well and has records, all of them valid
# against their model. Then what else is peculiar to Personio and Employment Hero.
# shellcheck disable=SC2154,SC2016 # scratch is of tap.sh; inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/share
MUSTER_DATA_DIR=$scratch/data
TMPDIR=$scratch
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME MUSTER_DATA_DIR TMPDIR muster scratch
cd "$scratch" || exit 99

# PROVIDER ACTION PARAMETER…, where =@ACTION stands for the id of the first record of another action.
cat > table << 'END'
culture_amp list_employees
culture_amp get_employee id=@list_employees
culture_amp list_demographics_by_employee id=@list_employees
culture_amp list_performance_cycles state=closed
culture_amp get_performance_cycle id=@list_performance_cycles
culture_amp list_manager_reviews
culture_amp get_manager_review id=@list_manager_reviews
culture_amp list_manager_reviews_by_employee id=@list_employees
culture_amp list_manager_reviews_by_performance_cycle id=@list_performance_cycles
personio list_employees
personio get_employee id=@list_employees
personio list_employments id=@list_employees
personio list_absence_periods start_date=2025-01-01 end_date=2027-12-31
personio get_absence_period id=@list_absence_periods
personio list_absence_breakdowns id=@list_absence_periods
personio list_absence_types
personio list_attendance_periods start_date=2025-01-01 end_date=2027-12-31
personio get_attendance_period id=@list_attendance_periods
personio list_projects
personio list_departments
personio list_teams
personio list_legal_entities country=DE,IE
personio list_cost_centres
personio list_workplaces
personio list_documents id=@list_employees
personio list_compensations
personio list_compensation_types
personio list_reports
personio get_report id=@list_reports
personio list_applications
personio list_candidates
personio list_jobs
personio list_job_categories
personio list_absence_balances id=@list_employees
personio list_attributes
employment_hero list_organisations
employment_hero get_organisation id=@list_organisations
employment_hero list_employees
employment_hero get_employee id=@list_employees
employment_hero list_teams
employment_hero list_team_employees id=@list_teams
employment_hero list_leave_requests start_date=2024-01-01 end_date=2027-12-31
employment_hero get_leave_request id=@list_leave_requests
employment_hero list_leave_categories
employment_hero list_timesheet_entries start_date=2026-01-01 end_date=2026-12-31
employment_hero list_rostered_shifts start_date=2026-06-01 end_date=2026-09-30
employment_hero list_unavailabilities start_date=2026-07-01 end_date=2026-07-31
employment_hero list_contractor_unavailabilities start_date=2026-01-01 end_date=2026-12-31
employment_hero list_policies
employment_hero list_certifications
employment_hero list_employee_certifications id=@list_employees
employment_hero list_bank_accounts id=@list_employees
employment_hero list_emergency_contacts id=@list_employees
employment_hero list_employment_histories id=@list_employees
employment_hero list_pay_details id=@list_employees
employment_hero list_payslips id=@list_employees
employment_hero get_tax_declaration id=@list_employees
employment_hero get_superannuation_detail id=@list_employees
employment_hero list_custom_fields
employment_hero list_employee_custom_fields id=@list_employees
employment_hero list_cost_centres
employment_hero list_work_locations
employment_hero list_work_sites
employment_hero list_employing_entities
employment_hero list_roles
END
providers='culture_amp personio employment_hero'
for provider in $providers; do
  [ -e "$top_builddir/plugins/.libs/$provider.so" ] || skip_all "the connector $provider was not built"
  "$muster" show "$provider" --json > "$provider.manifest" 2> err
  sed -n "s/^$provider \([^ ]*\).*/\1/p" table | sort > "$provider.table"
  jq -r '.actions[].id' "$provider.manifest" | sort > "$provider.actions"
  ok "the table has every action of $provider" cmp "$provider.table" "$provider.actions"
done

cat > commands << 'END'
# run PROVIDER ACTION PARAMETER…
run() {
  run_provider=$1
  shift
  if [ "$run_provider" = employment_hero ]; then
    "$muster" run hero "$@"
  else
    "$muster" run "$run_provider" "$@" --credentials "$MUSTER_SANDBOX_DIR/$run_provider.json"
  fi
}
# Employment Hero has no other way in than a person's consent.
"$muster" link employment_hero --name hero --credentials "$MUSTER_SANDBOX_DIR/employment_hero.json" \
  > link.out 2> link.err < /dev/null
echo $? > link.status
while read -r provider action parameters; do
  file=$provider.$action
  arguments=
  for parameter in $parameters; do
    case $parameter in
    *=@*)
      parameter="${parameter%%=*}=$(head -n 1 "$provider.${parameter#*=@}.ndjson" | jq -r .id)"
      ;;
    esac
    arguments="$arguments $parameter"
  done
  # shellcheck disable=SC2086 # several parameters
  run "$provider" "$action" $arguments > "$file.ndjson" 2> "$file.err" < /dev/null
  echo $? > "$file.status"
done < table
END
status 'the runs' 0 "$muster" sandbox --employees 30 --consent yes -- sh commands
cat "$scratch/err" >&2
is 'Employment Hero is linked' "$(cat link.status)" 0 || diag "$(cat link.err)"

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'from jsonschema import Draft202012Validator' 2> /dev/null; then
    python=$candidate
    break
  fi
done
while read -r provider action _; do
  file=$provider.$action
  is "$provider $action ends well" "$(cat "$file.status" "$file.err")" 0
  ok "$provider $action has records" test -s "$file.ndjson"
  model=$(jq -r --arg id "$action" '.actions[]|select(.id==$id).model' "$provider.manifest")
  printf '%s\n' "$top_srcdir/sdk/models/$model.json" "$scratch/$file.ndjson" >> pairs
done < table
if [ "$python" ]; then
  ok 'every record is valid' xargs "$python" "$top_srcdir/tests/validate.py" < pairs
else
  skip 'every record is valid' 'install python3-jsonschema'
fi

done_testing
