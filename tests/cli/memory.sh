# shellcheck shell=sh
# A connector has no secret to lose: at every request all memory of its runner is searched for client secret and
# token, in every form, whatever the provider answers; and so are command lines and environments.
# shellcheck disable=SC2154,SC2016 # scratch is of tap.sh; the dollars are for inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/forms.sh
. "$top_srcdir/tests/forms.sh"

need jq jq
muster=${top_builddir:?}/host/muster
scan=$top_builddir/tests/cli/memory_scan
mocks=$scratch/mocks
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
export TMPDIR XDG_CACHE_HOME muster scan mocks
umask 022
mkdir "$mocks"

# A sanitizer's shadow is terabytes of memory to read.
"$muster" doctor 2> /dev/null | grep -q 'sanitizers' && skip_all 'this build has sanitizers in it'

# watch NAME STATUS TOKEN FAULTS WANTED WORDS…: muster with these words, looked into; TOKEN: is one "known" in the
# end? WANTED are texts that must be found in the runner, or the search is no good.
watch() {
  watch_name=$1
  watch_status=$2
  watch_token=$3
  watch_faults=
  for watch_fault in $4; do
    watch_faults="$watch_faults --fault $watch_fault"
  done
  wanted=$5
  shift 5
  dir=$scratch/sandbox-$watch_name
  export wanted dir
  mkdir -m 700 "$dir"
  # The patterns wait for the secret, and so are made inside of the sandbox.
  cat > "$dir.sh" << 'END'
jq -r .client_secret "$dir/culture_amp.json" > "$dir/secret"
. "$top_srcdir/tests/forms.sh"
{
  sed 's/^/!/' "$dir/secret"
  forms "$(cat "$dir/secret")" | tail -n +2 | sed 's/^/-/'
  for word in $wanted; do echo "+$word"; done
} > "$dir/patterns"
"$scan" "$dir/ledger.ndjson" "$dir/patterns" "$muster" "$@" --credentials "$dir/culture_amp.json" \
  2> "$dir/errors" > "$dir/output"
END
  # shellcheck disable=SC2086 # a list of options
  "$muster" sandbox --dir "$dir" --employees 40 --page-bytes 4000 --latency 400 $watch_faults -- \
    sh "$dir.sh" "$@"
  watch_got=$?
  [ "$watch_got" -eq 77 ] && skip_all "other processes' memory may not be read: try as root"
  is "$watch_name: nothing is found" "$watch_got" 0 ||
    diag "$(grep -a -E '^(found|not found|a core|token|looked|exit)' "$dir/output"; cat "$dir/errors")"
  like "$watch_name: it ends as it should" "$(tail -n 1 "$dir/output")" "^exit status $watch_status\$"
  like "$watch_name: the token is $watch_token" "$(tail -n 3 "$dir/output" | head -n 1)" "^token $watch_token\$"
  # Nor is the token printed or kept, nor the client id, which is nobody else's business.
  {
    if [ "$watch_token" = known ]; then forms "$(cat "$dir/patterns.token")"; fi
    forms "$(jq -r .client_id "$dir/culture_amp.json")"
  } > "$dir/forms"
  fails "$watch_name: neither token nor client id is printed or kept" \
    grep -rlF -f "$dir/forms" -- "$dir/output" "$dir/errors" "$dir/ledger.ndjson" "$XDG_CACHE_HOME"
  diag "$watch_name: $(tail -n 2 "$dir/output" | head -n 1)"
}

list='run culture_amp list_employees'

# shellcheck disable=SC2086 # words
{
  watch run 0 known '' 'piedpiper.example list_employees' $list
  watch raw 0 known '' 'piedpiper.example' $list --raw
  watch echoed 0 known echo_secret 'list_employees' $list
  watch expired 0 known expired_token 'piedpiper.example' $list
  watch refused 4 unknown token_error 'list_employees' $list
  watch page 4 unknown token_html 'list_employees' $list
  watch broken 6 known server_error@2 'list_employees' $list --deadline 30
}

# A connector that drives its own authentication sees no more.
if [ -e "$top_builddir/tests/plugins/.libs/hostile.so" ]; then
  cp "$top_builddir/tests/plugins/.libs/hostile.so" "$mocks"
  watch hooked 0 known '' 'list_hooked' run hostile list_hooked --plugin-path "$mocks"
fi

# What is planted is found: the search is no good that finds nothing.
dir=$scratch/sandbox-run
printf -- '-%s\n' list_employees > "$scratch/patterns"
"$muster" sandbox --dir "$scratch/planted" --employees 5 --latency 300 -- sh -c '
  "$scan" "$MUSTER_SANDBOX_DIR/ledger.ndjson" "$1" "$muster" run culture_amp list_employees \
    --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json"' sh "$scratch/patterns" > "$scratch/out"
is 'what is planted is found' "$?" 1
like 'and told' "$(cat "$scratch/out")" '^found: pattern 1'

done_testing
