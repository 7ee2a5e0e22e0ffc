# A secret never appears: not in what is printed, whatever goes wrong, not in a file that is left, not on a
# command line and not in an environment; as it is, percent-encoded, as JSON or in base64.
# shellcheck disable=SC2154,SC2016 # scratch is of tap.sh; the dollars are for inner shells
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/forms.sh
. "$top_srcdir/tests/forms.sh"

need jq jq
muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
export TMPDIR XDG_CACHE_HOME muster
mkdir "$scratch/outputs"

# clean NAME FILE…: none of the forms in $scratch/forms is in them.
clean() {
  clean_name=$1
  shift
  if grep -rlF -f "$scratch/forms" -- "$@" > "$scratch/leaks"; then
    tap_result 1 "$clean_name"
    diag "the secret stands in: $(cat "$scratch/leaks")"
  else
    tap_result 0 "$clean_name"
  fi
}

# situation NAME FAULTS COMMAND: runs COMMAND in a sandbox, its output goes to outputs/NAME; its secret is
# looked for in all that it printed and left.
situation() {
  situation_name=$1
  situation_faults=
  for situation_fault in $2; do
    situation_faults="$situation_faults --fault $situation_fault"
  done
  dir=$scratch/sandbox-$situation_name
  # shellcheck disable=SC2086 # a list of options
  "$muster" sandbox --dir "$dir" --employees 20 $situation_faults -- \
    sh -c "cd \"\$MUSTER_SANDBOX_DIR\" && $3" > "$scratch/outputs/$situation_name" 2>&1
  forms "$(jq -r .client_secret "$dir/culture_amp.json")" > "$scratch/forms"
  clean "$situation_name: printed" "$scratch/outputs/$situation_name"
  clean "$situation_name: left behind" "$XDG_CACHE_HOME" "$dir/ledger.ndjson"
}

run='"$muster" run culture_amp list_employees --credentials culture_amp.json --deadline 20'
situation run '' "$run"
like 'the run printed records' "$(cat "$scratch/outputs/run")" '"full_name"'
situation json '' "$run --format json --json"
situation table '' "$run --format table"
situation raw '' "$run --raw"
situation echoed echo_secret "$run"
like 'what was echoed is blotted out' "$(head -n 1 "$scratch/outputs/echoed")" '\*\*\*\*\*\*\*\*'
situation echoed-raw echo_secret "$run --raw"
situation echoed-csv echo_secret "$run --format csv"
situation api echo_secret '"$muster" api culture_amp GET /v1/employees --credentials culture_amp.json'
situation refused token_error "$run --json"
situation page token_html "$run"
situation revoked revoked_forever "$run --json"
situation broken 'echo_secret invalid_json' "$run --json"
situation limited rate_limited "$run"
situation bad-field '' "jq '.client_id = \"\"' culture_amp.json > bad.json; \
  \"\$muster\" run culture_amp list_employees --json --credentials bad.json"
situation bad-file '' "sed 's/}/,/' culture_amp.json > bad.json; \
  \"\$muster\" run culture_amp list_employees --json --credentials bad.json"
situation validate '' 'jq -j .client_secret culture_amp.json > secret; \
  "$muster" validate culture_amp client_id=a client_secret@secret scope=none --json'
situation doctor '' '"$muster" doctor; "$muster" list --json; "$muster" show culture_amp --json'

# The secret is looked for in every process that the run consists of, while a request is under way.
cat > "$scratch/peek" << 'END'
"$muster" run culture_amp list_employees --credentials culture_amp.json > records &
host=$!
while [ -e "/proc/$host" ] && ! grep -q '"status":' ledger.ndjson; do sleep 0.02; done
for process in "$host" $(cat "/proc/$host/task/$host/children"); do
  tr '\0' '\n' < "/proc/$process/cmdline"
  tr '\0' '\n' < "/proc/$process/environ"
  echo "looked at $process"
done
wait "$host"
END
dir=$scratch/sandbox-peek
"$muster" sandbox --dir "$dir" --employees 20 --latency 2500 -- \
  sh -c "cd \"\$MUSTER_SANDBOX_DIR\" && . '$scratch/peek'" > "$scratch/outputs/peek" 2>&1
forms "$(jq -r .client_secret "$dir/culture_amp.json")" > "$scratch/forms"
is 'two processes were looked at' "$(grep -c '^looked at' "$scratch/outputs/peek")" 2
clean 'command lines and environments' "$scratch/outputs/peek"

done_testing
