# A thousand employees on several pages: each once, in order, and valid against the model; in every format.
# shellcheck disable=SC2154,SC2016,SC2317 # scratch is of tap.sh; inner shells; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
export TMPDIR XDG_CACHE_HOME muster scratch

cat > "$scratch/commands" << 'END'
run() {
  "$muster" run culture_amp "$@" --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json"
}
cd "$scratch"
run list_employees > ndjson && run list_employees --raw > raw &&
  run list_employees --format json > json && run list_employees --format csv > csv &&
  run list_employees --format table > table && run list_employees --limit 7 > seven &&
  run get_employee id="$(head -n 1 ndjson | jq -r .id)" > one &&
  run list_performance_cycles > cycles && run list_manager_reviews > reviews &&
  run list_demographics_by_employee id="$(head -n 1 ndjson | jq -r .id)" > demographics || exit

# Parameters: what each leaves of the whole is known from the whole.
person=$(jq -r 'select(.work_email).id' ndjson | sed -n 5p)
cycle=$(head -n 1 cycles | jq -r .id)
review=$(sed -n 3p reviews | jq -r .id)
run list_employees "email=$(jq -r 'select(.work_email).work_email' ndjson | sed -n 5p)" > by-email &&
  run list_employees "employee_identifier=$(jq -r 'select(.employee_number).employee_number' ndjson |
    sed -n 5p)" > by-number &&
  run list_employees email=nobody@example.com > by-nobody &&
  run list_performance_cycles state=closed > by-state &&
  run list_performance_cycles after_date=2025-01-01T00:00:00Z > cycles-after &&
  run list_manager_reviews after_date=2025-04-01T00:00:00Z > reviews-after &&
  run get_performance_cycle "id=$cycle" > one-cycle &&
  run get_manager_review "id=$review" > one-review &&
  run list_manager_reviews_by_employee "id=$person" > of-person &&
  run list_manager_reviews_by_performance_cycle "id=$cycle" > of-cycle
END
# A run with a limit ends while the provider still answers.
cat > "$scratch/limits" << 'END'
for count in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  "$muster" run culture_amp list_employees --limit "$count" \
    --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" > "$scratch/limited" || exit 1
  test "$(wc -l < "$scratch/limited")" -eq "$count" || exit 1
done
END
status 'limits' 0 "$muster" sandbox --employees 5000 -- sh "$scratch/limits"
status 'the runs' 0 "$muster" sandbox --employees 1000 --page-bytes 50000 -- sh "$scratch/commands"
cat "$scratch/err" >&2
cd "$scratch" || exit 99

# Who reads the start of a long answer and leaves ends the command; it doesn't wait for ever.
cat > "$scratch/leave" << 'END'
{
  timeout 60 "$muster" "$@" --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json"
  echo $? > "$scratch/left"
} | head -c 1 > "$scratch/first"
test "$(cat "$scratch/left")" -eq 0
END
status 'head may leave a run' 0 "$muster" sandbox --employees 20000 -- sh "$scratch/leave" run culture_amp \
  list_employees
status 'head may leave an answer' 0 "$muster" sandbox --employees 20000 -- sh "$scratch/leave" api \
  culture_amp /v1/employees
is 'it saw the start' "$(cat first)" '{'

is 'a thousand lines' "$(wc -l < ndjson)" 1000
is 'of a thousand people' "$(jq -r .id ndjson | sort -u | wc -l)" 1000
jq -r .id raw > raw-ids
jq -r .id ndjson > ids
ok 'in the order of the provider' cmp raw-ids ids
ok 'the array holds the same' sh -c 'jq -c . ndjson > as-jq; jq -c ".[]" json | cmp - as-jq'
is 'CSV has a header and as many lines' "$(tr -cd '\r' < csv | wc -c)" 1001
like 'the table says how many' "$(cat table)" '^1000 records\.'
ok 'no line of the table is wider than 80' sh -c 'test "$(sed "\$d" table | wc -L)" -le 80'
ok 'a limit is kept' sh -c 'head -n 7 ndjson | cmp - seven'
ok 'one employee is as in the list' sh -c 'head -n 1 ndjson | cmp - one'
is 'every key is of its employee' "$(jq -r .employee_id demographics | sort -u)" "$(jq -r .id one)"
is 'a demographic is there once' "$(jq -r .name demographics | sort | uniq -d)" ''

# --- Parameters

# chosen FILE OF FILTER: FILE holds exactly those lines of OF that jq's filter chooses, and there are some.
chosen() {
  jq -c "select($3)" "$2" > wanted
  jq -c . "$1" > got
  test -s wanted && cmp wanted got
}
person=$(jq -r 'select(.work_email).id' ndjson | sed -n 5p)
ok 'by e-mail address' chosen by-email ndjson ".id == \"$person\""
ok 'by employee number' chosen by-number ndjson \
  ".employee_number == \"$(jq -r 'select(.employee_number).employee_number' ndjson | sed -n 5p)\""
is 'nobody is no error' "$(cat by-nobody)" ''
ok 'cycles by state' chosen by-state cycles '.status == "closed"'
ok 'cycles after a moment' chosen cycles-after cycles '.processed_at > "2025-01-01T00:00:00"'
ok 'reviews after a moment' chosen reviews-after reviews '.processed_at > "2025-04-01T00:00:00"'
ok 'one cycle' chosen one-cycle cycles ".id == \"$(head -n 1 cycles | jq -r .id)\""
ok 'one review' chosen one-review reviews ".id == \"$(sed -n 3p reviews | jq -r .id)\""
ok 'reviews of an employee' chosen of-person reviews ".employee_id == \"$person\""
ok 'reviews of a cycle' chosen of-cycle reviews ".performance_cycle_id == \"$(head -n 1 cycles | jq -r .id)\""

# --- Against the model's own schema

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'from jsonschema import Draft202012Validator' 2> /dev/null; then
    python=$candidate
    break
  fi
done
for pair in employee:ndjson performance_cycle:cycles manager_review:reviews demographic:demographics; do
  if [ -n "$python" ]; then
    ok "$pair is valid" "$python" "$top_srcdir/tests/validate.py" "$top_srcdir/sdk/models/${pair%:*}.json" "${pair#*:}"
  else
    skip "$pair is valid" 'install python3-jsonschema'
  fi
done

done_testing
