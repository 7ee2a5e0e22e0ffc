# muster run and muster api against every fault of the sandbox: what they say, how they end, what comes out
# all the same, how long they take and how much memory.
# shellcheck disable=SC2016,SC2154 # what an inner shell expands; scratch is of tap.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

# fault         what is struck, as muster-sandbox --fault has it
# command       run: list_employees of 1,000 in five pages; api: the first of these pages
# code, cause   of the error; - when there is none; a|b: either
# status        of the exit
# records       that come out: so many, or fewer than so many (<N), in order from the first
# deadline      in seconds, as --deadline has it; - for its default
table='
endless_body             run body_too_large|deadline_passed provider 6|7 223 4
endless_body             api body_too_large|deadline_passed provider 6|7 223 2
rate_limited_forever     run rate_limited          provider  7      0  3
rate_limited_forever     api rate_limited          provider  7      0  3
unavailable_forever      run rate_limited          provider  7      0  3
unavailable_forever      api rate_limited          provider  7      0  3
silence                  run deadline_passed       provider  7      0  2
silence                  api deadline_passed       provider  7      0  2
silence@3                run deadline_passed       provider  7    447  5
slow_body                run deadline_passed       provider  7      0  2
slow_body                api deadline_passed       provider  7   <223  5
token_slow               run deadline_passed       provider  7      0  2
token_slow               api deadline_passed       provider  7      0  2
connection_reset         run connection_lost       operator  8      0  -
connection_reset         api connection_lost       operator  8      0  -
connection_reset@2-2     run -                     -         0   1000  -
close_before_answer      run connection_lost       operator  8      0  -
close_before_answer      api connection_lost       operator  8      0  -
close_before_answer@1-1  api -                     -         0    223  -
server_error             run provider_failed       provider  6      0  -
server_error             api provider_failed       provider  6      0  -
server_error@3-3         run -                     -         0   1000  -
gzip_bomb                run body_too_large        provider  6      0  -
gzip_bomb                api body_too_large        provider  6      0  -
rate_limited             run -                     -         0   1000  -
rate_limited             api -                     -         0    223  -
rate_limited_retry_after run -                     -         0   1000  -
rate_limited_retry_after api -                     -         0    223  -
unavailable              run -                     -         0   1000  -
unavailable              api -                     -         0    223  -
truncated_body           run connection_lost       operator  8   <223  -
truncated_body           api connection_lost       operator  8   <223  -
truncated_body@2-2       run connection_lost       operator  8   <447  -
gzip                     run -                     -         0   1000  -
gzip                     api -                     -         0    223  -
invalid_json             run malformed_body        provider  6      0  -
invalid_json=50000       run malformed_body        provider  6    111  -
invalid_json             api -                     -         0    223  -
invalid_utf8             run malformed_body        provider  6      0  -
invalid_utf8@2           run malformed_body        provider  6    223  -
invalid_utf8             api -                     -         0    223  -
deep_nesting             run malformed_body        provider  6      0  -
deep_nesting             api -                     -         0    223  -
duplicate_key            run malformed_body        provider  6      0  -
duplicate_key            api -                     -         0    223  -
number_extremes          run -                     -         0   1000  -
number_extremes          api -                     -         0    223  -
huge_record              run record_too_large      provider  6      0  -
huge_record=3            run -                     -         0   1000  -
huge_record              api -                     -         0    223  -
echo_secret              run -                     -         0   1000  -
echo_secret              api -                     -         0    223  -
wrong_content_type       run -                     -         0   1000  -
wrong_content_type       api -                     -         0    223  -
html_body                run malformed_body        provider  6      0  -
html_body                api -                     -         0      0  -
empty_body               run malformed_body        provider  6      0  -
empty_body               api -                     -         0      0  -
repeated_cursor          run repeated_cursor       provider  6    447  -
empty_page_forever       run empty_pages           provider  6      0  -
foreign_next             run foreign_link          provider  6    223  -
next_path_only           run -                     -         0   1000  -
redirect_same            run -                     -         0   1000  -
redirect_same            api -                     -         0    223  -
redirect_foreign         run redirect_refused      provider  6      0  -
redirect_foreign         api redirect_refused      provider  6      0  -
redirect_loopback        run redirect_refused      provider  6      0  -
redirect_loopback        api redirect_refused      provider  6      0  -
expired_token            run -                     -         0   1000  -
revoked_forever          run authentication_failed customer  4      0  -
revoked_forever          api authentication_failed customer  4      0  -
missing_scope            run scope_missing         customer  5      0  -
missing_scope            api -                     -         0    223  -
token_html               run authentication_failed customer  4      0  -
token_html=200           run provider_failed       provider  6      0  -
token_html=503           run provider_failed       provider  6      0  -
token_html               api authentication_failed customer  4      0  -
token_empty              run authentication_failed customer  4      0  -
token_empty              api authentication_failed customer  4      0  -
token_error              run authentication_failed customer  4      0  -
token_error              api authentication_failed customer  4      0  -
token_rate_limited       run rate_limited          provider  7      0  -
token_rate_limited       api rate_limited          provider  7      0  -
token_endless            run provider_failed       provider  6      0  -
token_endless            api provider_failed       provider  6      0  -
token_dropped            run connection_lost       operator  8      0  -
token_lost               run connection_lost       operator  8      0  -
token_message            run authentication_failed customer  4      0  -
token_malformed          run provider_failed       provider  6      0  -
token_without_refresh    run -                     -         0   1000  -
token_redirect           run redirect_refused      provider  6      0  -
token_redirect_foreign   run redirect_refused      provider  6      0  -
certificate_expired      run tls_failed            operator  8      0  -
certificate_expired      api tls_failed            operator  8      0  -
certificate_foreign      run tls_failed            operator  8      0  -
certificate_foreign      api tls_failed            operator  8      0  -
'
memory_max_kib=32768
# In seconds, on a machine that is busy with other things. The deadline does not run while the runner is behind, so that
# an endless body may go on to the limit of 2 GiB.
most=60
most_endless=300
export most_endless

muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$top_builddir/plugins/.libs/culture_amp.so" ] || skip_all 'the connector was not built'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
export TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME muster
if grep -q '^#define MUSTER_RELAXED_JAIL' "$top_builddir/config.h"; then
  memory_max_kib= # sanitizers have their own idea of memory
fi

# --- Every row, some at a time

cat > "$scratch/row.sh" << 'END'
# row.sh NUMBER FAULT COMMAND DEADLINE: leaves what happened in files that begin with the number.
deadline=
[ "$4" = - ] || deadline="--deadline $4"
case $3 in
run) words='run culture_amp list_employees' ;;
api) words='api culture_amp /v1/employees' ;;
esac
export deadline words
"$muster" sandbox --employees 1000 --page-bytes 100000 ${2:+--fault "$2"} -- sh -c '
  # shellcheck disable=SC2086 # lists of words
  "$top_builddir/tests/cli/peak" "$1.took" "$most_endless" "$muster" $words $deadline --json \
    --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" > "$1.out" 2> "$1.err"
  echo "$?" > "$1.status"
  mv "$MUSTER_SANDBOX_DIR/ledger.ndjson" "$1.ledger"' - "$1" 2> "$1.sandbox"
exit 0
END

cd "$scratch" || exit 99
printf '%s\n' "$table" | awk 'NF { print NR " " $1 " " $2 " " $7 }' > rows
sh row.sh 0 '' run -
xargs -n 4 -P 4 sh row.sh < rows

# --- What came of it

is 'without a fault all records come' "$(wc -l < 0.out)" 1000

# member NAME FILE: the text of a member of the error.
member() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2"
}

# judge_error ROW CODE CAUSE: the error is one line that says what to do; nothing is said of nothing.
judge_error() {
  if [ "$2" = - ]; then
    [ ! -s "$1.err" ] || echo 'it says something all the same'
    return
  fi
  [ "$(wc -l < "$1.err")" -eq 1 ] || echo 'the error is not one line'
  member code "$1.err" | grep -Eqx "$2" || echo "the code is not $2"
  [ "$(member cause "$1.err")" = "$3" ] || echo "the cause is not $3"
  [ -n "$(member message "$1.err")" ] || echo 'there is no message'
  [ -n "$(member hint "$1.err")" ] || echo 'there is no hint'
}

# judge_records ROW FAULT COMMAND WANTED
judge_records() {
  case $3 in
  run) count=$(wc -l < "$1.out") ;;
  api) count=$(grep -o '"processedAt"' "$1.out" | wc -l) ;;
  esac
  case $2 in
  echo_secret) columns=1-45 ;; # the id; names are not what they are
  *) columns=1- ;;
  esac
  if [ "$3" = run ]; then
    cut -c "$columns" "$1.out" > "$1.got"
    head -n "$count" 0.out | cut -c "$columns" | cmp -s - "$1.got" || echo 'other records than the first ones'
  fi
  case $4 in
  '<'*) [ "$count" -lt "${4#<}" ] || echo "$count records, not $4" ;;
  *) [ "$count" -eq "$4" ] || echo "$count records, not $4" ;;
  esac
}

# judge_cost ROW SECONDS
judge_cost() {
  read -r kib ms < "$1.took"
  [ "$ms" -le $(($2 * 1000)) ] || echo "it took $ms ms"
  if [ "$kib" != unknown ] && [ -n "$memory_max_kib" ]; then
    [ "$kib" -le "$memory_max_kib" ] || echo "it took $kib KiB"
    [ "$kib" -le "$peak" ] || peak=$kib
  fi
}

# judge_ledger ROW FAULT: the fault has struck, and nobody else was asked.
judge_ledger() {
  name=${2%%[=@]*}
  case $name in
  certificate_*) return ;;
  esac
  grep -q "\"fault\":\"$name\"" "$1.ledger" || echo 'the fault has not struck'
  grep -vq '"host":"api.cultureamp.com"' "$1.ledger" && echo 'another host was asked'
}

peak=0
row=0
while read -r fault command code cause status records _; do
  row=$((row + 1))
  [ -n "$fault" ] || continue
  wrong=$(
    if [ -s "$row.took" ]; then
      grep -Eqx "$status" "$row.status" || echo "the status is $(cat "$row.status"), not $status"
      judge_error "$row" "$code" "$cause"
      judge_records "$row" "$fault" "$command" "$records"
      judge_ledger "$row" "$fault"
    else
      cat "$row.sandbox"
    fi
  )
  case $fault in
  endless_body) judge_cost "$row" "$most_endless" ;;
  *) judge_cost "$row" "$most" ;;
  esac > cost
  is "$fault: $command" "$wrong$(cat cost)" '' || diag "$(cat "$row.err")"
done << END
$table
END
diag "the most memory was $peak KiB"

# --- Every fault has its row, but those that this provider can't meet

"$muster" sandbox --faults > help
sed -n 's/^  \([a-z][a-z0-9_]*\)  *.*/\1/p' help | grep -Ev '^(consent_|v1_)' | sort > all
printf '%s\n' "$table" | sed -n 's/^\([a-z0-9_]*\).*/\1/p' | sort -u > told
is 'every fault of the sandbox has a row' "$(comm -23 all told)" ''
ok 'and there are some' test -s all

done_testing
