#!/bin/sh
. "${top_srcdir:?}/tests/tap.sh"
. "${top_srcdir:?}/tests/sandbox/sandbox.sh"

help=$("$sandbox_program" --help)
is "--help succeeds" "$?" 0
for option in employees cycles page-bytes latency organisations token-life permissions attributes limits rotation \
	redirect fault port dir json until-eof version; do
	like "--help knows --$option" "$help" "^ +--$option"
done
like "--version tells it" "$("$sandbox_program" --version)" '^muster-sandbox [0-9]'

status "an unknown option is wrong usage" 2 "$sandbox_program" --no-such-option
status "so is an argument" 2 "$sandbox_program" word
status "a number that is none" 2 "$sandbox_program" --employees many
like "is named with its range" "$(cat "$scratch/err")" '--employees wants a number from 0 to 99999999'
status "too many are refused" 2 "$sandbox_program" --employees 100000000
status "a permission with a quote" 2 "$sandbox_program" --permissions 'a"b'
status "an unknown rotation" 2 "$sandbox_program" --rotation sometimes
status "an unknown fault" 2 "$sandbox_program" --fault server_eror
like "is told with the nearest name" "$(cat "$scratch/err")" "Do you mean 'server_error'"

mkdir -m 755 "$scratch/open"
status "a folder that others may use is refused" 1 "$sandbox_program" --dir "$scratch/open"
like "with the way out" "$(cat "$scratch/err")" 'chmod 700'
status "so is a file" 1 "$sandbox_program" --dir "$scratch/err"
sandbox_start
status "a port in use is told" 1 "$sandbox_program" --port "$(jq .port "$sandbox_dir/ready")"
like "by its number" "$(cat "$scratch/err")" "port $(jq .port "$sandbox_dir/ready")"

sandbox_start --latency 300 --employees 3
sign_in all
before=$(date +%s%N)
get /employees >/dev/null
ok "--latency delays an answer" test $((($(date +%s%N) - before) / 1000000)) -ge 300

done_testing
