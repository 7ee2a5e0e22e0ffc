# muster run, where one action leads to many runs: records completed by others, --each, long periods.
# shellcheck disable=SC2154 # some names are those of tap.sh and sandbox.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/personio.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
export XDG_CACHE_HOME XDG_CONFIG_HOME
umask 077

begin() {
  sandbox_start "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
  good=$sandbox_dir/personio.json
  ledger=$sandbox_dir/ledger.ndjson
}
run() { "$muster" run personio "$@" --credentials "$good"; }
out() { cat "$scratch/out"; }
err() { cat "$scratch/err"; }

# asked PATTERN: how often the provider answered for such a path; what came too early is asked again.
asked() { jq -r 'select(.status != 429) | .path + "?" + (.query // "")' "$ledger" | grep -cE "$1"; }

begin --employees 120

# --- Completed records

status 'records that others complete' 0 run list_employees
is 'all are there' "$(jq -s length "$scratch/out")" 120
jq -r .id "$scratch/out" > "$scratch/ids"
sort -n "$scratch/ids" > "$scratch/sorted"
ok 'in the order of the provider' cmp -s "$scratch/ids" "$scratch/sorted"
is 'each with what its employment says' "$(jq -s 'map(select(.job_title == null)) | length' "$scratch/out")" 0
is 'each was asked for once' "$(asked '/v2/persons/[0-9]+/employments')" 120

before=$(asked '/employments')
status 'the provider'\''s own records' 0 run list_employees --raw --limit 3
is 'are not completed' "$(asked '/employments')" "$before"
status 'one object' 0 run get_employee id=3007
like 'is completed too' "$(out)" '"id":"3007",.*"job_title":'
status 'as many as are wanted' 0 run list_employees --limit 7
is 'and no more' "$(jq -s length "$scratch/out")" 7
ok 'nor asks it for many more' [ "$(asked '/employments')" -lt $((before + 90)) ]
sh -c '"$1" run personio list_employees --credentials "$2" | head -1' - "$muster" "$good" > "$scratch/out"
is 'whoever reads one line gets one' "$(wc -l < "$scratch/out")" 1

# --- For each

status 'for each employee' 0 run list_employments --each employee
is 'every one of them' "$(jq -r .employee_id "$scratch/out" | sort -u | wc -l)" 120
status 'for each, in a table' 0 run list_absence_balances --each employee --format csv --limit 10
is 'with one header' "$(grep -c available_balance "$scratch/out")" 1
is 'and as many as were wanted' "$(wc -l < "$scratch/out")" 11
status 'for each of what there is none of' 2 run list_employments --each report
like 'it is said what there is' "$(err)" 'can be run for each of: employee'
status 'for each, where nothing is repeated' 2 run list_projects --each employee
like 'it says so' "$(err)" 'without --each'
status 'for each, and an id' 3 run list_employments --each employee id=3001
like 'one excludes the other' "$(err)" 'id is filled in by --each'
status 'for each, and a parameter that there is not' 3 run list_employments --each employee idd=1
like 'which is told before anything is sent' "$(err)" 'mean id'

# --- Long periods

status 'a period of four months' 0 run list_compensations start_date=2026-01-15 end_date=2026-04-02
is 'each month is there' \
  "$(jq -r 'select(.path == "/v2/compensations") | .query' "$ledger" | grep -o 'start_date=[0-9-]*' | sort -u | tr '\n' ' ')" \
  'start_date=2026-01-15 start_date=2026-02-01 start_date=2026-03-01 start_date=2026-04-01 '
status 'a period that ends before it begins' 3 run list_compensations start_date=2026-02-01 end_date=2026-01-01
like 'is told with its field' "$(err)" 'end_date lies before the beginning'
status 'an end without a beginning' 3 run list_compensations end_date=2026-01-01
like 'names what is missing' "$(err)" 'start_date is needed'

# --- What goes wrong on the way

begin --employees 30 --permissions personio:projects:read
status 'the list itself is refused' 5 run list_employments --each employee
is 'and gives nothing' "$(out)" ''

done_testing
