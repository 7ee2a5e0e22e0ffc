# shellcheck shell=sh
# Hostile connectors, by way of the command: whatever they try costs one run. It is told as their fault, within its
# time; nothing stays behind, no terminal is fooled, and the other connectors are listed all the same.
# shellcheck disable=SC2317 # what ok calls
builddir=${top_builddir:?}
muster=$builddir/host/muster
built=$builddir/tests/plugins/.libs/hostile.so

# The whole script runs inside of the sandbox, which answers the hosts that the mock borrows.
if [ -z "${MUSTER_SANDBOX_DIR-}" ] && [ -x "$builddir/host/muster-sandbox" ] && [ -e "$built" ]; then
  exec "$muster" sandbox --employees 3 -- sh "$0"
fi

# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

[ -x "$builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$built" ] || skip_all 'plugins are shared objects, and none was built'
HOME=$scratch/home
XDG_CACHE_HOME=$scratch/cache
XDG_DATA_HOME=$scratch/data
export HOME XDG_CACHE_HOME XDG_DATA_HOME
umask 022
mkdir -p "$HOME" "$scratch/one" "$scratch/many"

# CI sets MUSTER_REQUIRE_JAIL, and tests/jail/hostile_test then fails where there is none.
"$muster" doctor 2> /dev/null | grep -q '^ok *jail *full' || skip_all 'there is no full jail'

credentials=$MUSTER_SANDBOX_DIR/culture_amp.json
offspring=$builddir/tests/cli/offspring
place=$(LC_ALL=C grep -abo '@order:' "$built" | head -n 1 | cut -d : -f 1)
esc=$(printf '\033')

out() { cat "$scratch/out"; }
err() { cat "$scratch/err"; }

# order FILE MOMENT MISCHIEF: the mock with its order.
order() {
  cp "$built" "$1"
  printf '%s:%s:%s:\0' "$2" "$3" "$credentials" |
    dd of="$1" bs=1 seek=$((place + 7)) conv=notrunc 2> /dev/null
}

# No byte below a space but line breaks, no C1 control character, no bidirectional override.
is_clean() {
  ! LC_ALL=C tr -d '\n' < "$1" | LC_ALL=C grep -q "[$(printf '\001-\037\177')]" &&
    ! LC_ALL=C grep -Eq "$(printf '\302[\200-\237]|\342\200[\252-\256]')" "$1"
}

# fault NAME COMMAND…: fails as the plugin's fault, in time, cleanly, and nothing stays behind.
fault() {
  fault_name=$1
  shift
  "$offspring" 120 "$muster" "$@" --json > "$scratch/out" 2> "$scratch/err"
  fault_got=$?
  if [ "$fault_got" -eq 9 ] && grep -Eq '"code":"plugin_(fault|refused)".*"cause":"plugin"' "$scratch/err" &&
    is_clean "$scratch/err" && [ "$(wc -l < "$scratch/err")" -eq 1 ] && ! grep -q 'status 42' "$scratch/err"; then
    tap_result 0 "$fault_name"
  else
    tap_result 1 "$fault_name"
    diag "exit status $fault_got: $*"
    diag "$(head -c 1000 "$scratch/err" | od -c | head -n 40)"
  fi
}

# --- The list: every mischief of a constructor at once, each a connector of its own, among good ones

crashes='segfault abort exit silent_exit allocate fork exec open open_quietly open_credentials create socket ptrace
  kill kill_all tgkill write_descriptors raise_limits uring unshare garbage huge_frame close_socket
  feign_filter blame forge_manifest page_lie release done_early token'
endless='loop output stall flood records_empty'

for mischief in $crashes $endless; do
  order "$scratch/many/$mischief.so" constructor "$mischief"
done
for mischief in segfault garbage forge_manifest; do
  order "$scratch/many/entry_$mischief.so" entry "$mischief"
done
order "$scratch/many/hostile.so" nothing nothing
"$offspring" 300 "$muster" list --plugin-path "$scratch/many" > "$scratch/list" 2> "$scratch/err"
is 'the list comes' "$?" 0
ok 'clean' is_clean "$scratch/list"
for mischief in $crashes $endless entry_segfault entry_garbage entry_forge_manifest; do
  like "list: $mischief is broken, and why" \
    "$(grep -F "\"id\":\"$mischief\"" "$scratch/list")" \
    '"status":"broken","reason":"[^"]{10,}"'
done
like 'a good one is listed' "$(cat "$scratch/list")" '"id":"culture_amp"[^}]*"status":"ok"'
like 'a calm mock is listed' "$(cat "$scratch/list")" '"id":"hostile"[^}]*"status":"ok"'
unlike 'nothing got out' "$(cat "$scratch/list")" 'exit status 42'

# --- show asks one

for mischief in $crashes; do
  fault "show: $mischief" show "$mischief" --plugin-path "$scratch/many"
done

# --- A run: when it is loaded, before it asks, when it has its answer, and while it authenticates

plugin=$scratch/one/hostile.so

# run NAME ACTION: a run with little patience.
run() {
  fault "$1" run hostile "$2" --plugin-path "$scratch/one" --credentials "$credentials" --deadline 1
}

for mischief in $crashes loop stall records_empty; do
  order "$plugin" start "$mischief"
  run "a run, loading: $mischief" list
done
wire='records_no_json records_no_model records_wrong_type records_newline records_escape records_huge
  records_endless records_longer records_empty forge_records request_foreign request_path request_link
  request_method request_number request_port request_many page_lie page_twice release release_outside token
  deep_json flood forge_manifest blame garbage huge_frame'
for mischief in $wire; do
  order "$plugin" early "$mischief"
  run "a run, before its request: $mischief" list
done
for mischief in $wire segfault abort exit silent_exit allocate loop output stall fork exec open open_quietly \
  open_credentials create socket ptrace kill kill_all tgkill write_descriptors write_area protect_area \
  reopen_area make_code raise_limits uring unshare close_socket done_early; do
  order "$plugin" answer "$mischief"
  run "a run, with its answer: $mischief" list
done
for mischief in segfault exit loop stall flood fork open_credentials socket garbage huge_frame blame records_no_json \
  page_lie; do
  order "$plugin" authenticate "$mischief"
  run "authenticating: $mischief" list_hooked
done

# --- validate

printf secret > "$scratch/secret"
for mischief in segfault exit fork open_credentials garbage huge_frame blame token; do
  order "$plugin" hook "$mischief"
  fault "validate: $mischief" validate hostile --auth client client_id=a "client_secret@$scratch/secret" \
    --plugin-path "$scratch/one"
  run "a run, validating: $mischief" list
done

# --- The sandbox saw no request but those that the mock may make

is 'no request went astray' \
  "$(grep -c -v -e '"path":"/v1/oauth2/token"' -e '"method":"GET","host":"api.cultureamp.com","path":"/v1/employees"' \
    "$MUSTER_SANDBOX_DIR/ledger.ndjson")" 0

# --- After all that

order "$plugin" nothing nothing
status 'a calm connector runs' 0 "$offspring" 120 "$muster" run hostile list --plugin-path "$scratch/one" \
  --credentials "$credentials"
status 'a good connector runs' 0 "$offspring" 120 "$muster" run culture_amp list_employees \
  --credentials "$credentials"
is 'and all of it comes' "$(out | wc -l)" 3

# --- A terminal

# on_terminal NAME COMMAND…: what a terminal gets, without colours, has no control character but line breaks.
on_terminal() {
  terminal_name=$1
  shift
  NO_COLOR=1 TERM=xterm script -qec "$*" /dev/null < /dev/null | tr -d '\r' > "$scratch/tty"
  if [ -s "$scratch/tty" ] && is_clean "$scratch/tty"; then
    tap_result 0 "$terminal_name"
  else
    tap_result 1 "$terminal_name"
    diag "$(od -c "$scratch/tty" | head -n 60)"
  fi
}

if has_terminal; then
  one="--plugin-path '$scratch/one'"
  for mischief in forge_manifest blame; do
    order "$plugin" entry "$mischief"
    on_terminal "list: $mischief" "'$muster' list $one"
    on_terminal "show: $mischief" "'$muster' show hostile $one"
  done
  order "$plugin" entry texts
  for words in list 'show hostile' 'guide hostile' 'validate hostile --auth client client_id=a' 'list --json' 'show hostile --json'; do
    on_terminal "$words: texts" "'$muster' $words $one"
  done
  order "$plugin" answer records_colour
  for format in table ndjson json csv; do
    on_terminal "a run: $format" "'$muster' run hostile list $one --credentials '$credentials' --format $format"
    unlike "$format has no escape" "$(cat "$scratch/tty")" "$esc"
  done
else
  skip 'what a terminal gets' 'there is no terminal to be had'
fi

done_testing
