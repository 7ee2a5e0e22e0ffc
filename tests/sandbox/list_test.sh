#!/bin/sh
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

sandbox_start --employees 500 --page-bytes 20000 --cycles 6
sign_in all
walk /employees >"$scratch/employees"
is "cursors lead to every employee" "$(wc -l <"$scratch/employees")" 500
is "and to each only once" "$(jq -r .id "$scratch/employees" | sort -u | wc -l)" 500
ok "over several pages" test "$(cat "$scratch/pages")" -gt 5

done_testing
