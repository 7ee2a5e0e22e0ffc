# Every fault of the sandbox: what a run makes of it, and in what time. A run that gets through delivers the
# same bytes as one without a fault; a run that fails delivers a part of them, from the start.
# shellcheck disable=SC2154,SC2016,SC2317 # scratch is of tap.sh; inner shells; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
export TMPDIR XDG_CACHE_HOME

# run_with FAULTS DEADLINE: lists 300 employees on several pages; output in out, err and status of $scratch,
# the seconds that it took in $took.
run_with() {
  set -- "$2" "$1"
  run_deadline=$1
  run_faults=
  for run_fault in $2; do
    run_faults="$run_faults --fault $run_fault"
  done
  run_began=$(date +%s)
  # shellcheck disable=SC2016,SC2086 # for the inner shell; a list of options
  "$muster" sandbox --employees 300 --page-bytes 30000 $run_faults -- timeout 120 sh -c '
    "$0" run culture_amp list_employees --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" \
      --json --deadline "$1"' "$muster" "$run_deadline" > "$scratch/out" 2> "$scratch/err"
  echo $? > "$scratch/status"
  took=$(($(date +%s) - run_began))
}

error_member() {
  jq -r ".$1 // empty" "$scratch/err" 2> /dev/null
}

# is_start FILE OF: FILE holds the beginning of OF.
is_start() {
  head -c "$(wc -c < "$1")" "$2" | cmp - "$1"
}

run_with '' 60
is 'without a fault: status' "$(cat "$scratch/status")" 0
is 'without a fault: records' "$(wc -l < "$scratch/out")" 300 || {
  diag "$(cat "$scratch/err")"
  done_testing
}
mv "$scratch/out" "$scratch/all"

# FAULT STATUS CODE CAUSE DEADLINE SECONDS: status and code may be alternatives; a dash is nothing.
while read -r fault status code cause deadline seconds; do
  case $fault in '' | '#'*) continue ;; esac
  run_with "$fault" "$deadline"
  like "$fault: status" "$(cat "$scratch/status")" "^($status)\$"
  if [ "$code" = - ]; then
    ok "$fault: every record, as without the fault" cmp "$scratch/all" "$scratch/out"
    is "$fault: no complaint" "$(cat "$scratch/err")" ''
  else
    like "$fault: code" "$(error_member code)" "^($code)\$"
    is "$fault: cause" "$(error_member cause)" "$cause"
    like "$fault: a sentence and a hint" "$(error_member message) / $(error_member hint)" '. / .'
    ok "$fault: nothing but what is right was delivered" is_start "$scratch/out" "$scratch/all"
  fi
  ok "$fault: within $seconds s (took $took)" test "$took" -le "$seconds"
done << 'END'
# Once, and then all is well.
rate_limited                0   -                     -        60  60
rate_limited_retry_after    0   -                     -        60  60
unavailable                 0   -                     -        60  60
connection_reset@2-2        0   -                     -        60  60
close_before_answer@2-2     0   -                     -        60  60
expired_token               0   -                     -        60  60
redirect_same               0   -                     -        60  60
next_path_only              0   -                     -        60  60
number_extremes             0   -                     -        60  60
wrong_content_type          0   -                     -        60  60
gzip                        0   -                     -        60  60
# For ever.
rate_limited_forever        7   rate_limited          provider  4  30
unavailable_forever         7   rate_limited          provider  4  30
server_error                6   provider_failed       provider  4  30
connection_reset            8   connection_lost       operator  4  30
close_before_answer         8   connection_lost       operator  4  30
truncated_body              8   connection_lost       operator  4  30
slow_body                   7   deadline_passed       provider  4  30
silence                     7   deadline_passed       provider  4  30
endless_body                6|7 body_too_large|deadline_passed provider 4 60
gzip_bomb                   6   body_too_large        provider 30  60
# What can't be read, or not be believed.
invalid_json                6   malformed_body        provider 30  60
invalid_utf8                6   malformed_body        provider 30  60
deep_nesting                6   malformed_body        provider 30  60
duplicate_key               6   malformed_body        provider 30  60
huge_record                 6   record_too_large      provider 30  60
html_body                   6   malformed_body        provider 30  60
empty_body                  6   malformed_body        provider 30  60
repeated_cursor             6   repeated_cursor       provider 30  60
empty_page_forever          6   empty_pages           provider 30  60
foreign_next                6   foreign_link          provider 30  60
redirect_foreign            6   redirect_refused      provider 30  60
redirect_loopback           6   redirect_refused      provider 30  60
# Credentials.
revoked_forever             4   authentication_failed customer 30  60
missing_scope               5   scope_missing         customer 30  60
token_error                 4   authentication_failed customer 30  60
token_empty                 4   authentication_failed customer 30  60
token_html                  4   authentication_failed customer 30  60
token_html=200              6   provider_failed       provider 30  60
token_rate_limited          7   rate_limited          provider  4  30
token_slow                  7   deadline_passed       provider  4  30
token_endless               6   provider_failed       provider 30  60
# Somebody else.
certificate_expired         8   tls_failed            operator 30  60
certificate_foreign         8   tls_failed            operator 30  60
END

# A fault that this table forgot; echo_secret is for canary.sh.
"$muster" sandbox --faults | sed -n 's/^  \([a-z0-9_]*\)  .*/\1/p' | grep -v '^echo_secret$' |
  while read -r fault; do
    grep -Eq "^${fault}([=@][^ ]*)? " "$top_srcdir/tests/cli/faults.sh" || echo "$fault"
  done > "$scratch/forgotten"
is 'every fault has a row' "$(cat "$scratch/forgotten")" ''

done_testing
