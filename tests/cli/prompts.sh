# What muster asks a person at a terminal, and what the terminal is like afterwards.
# shellcheck disable=SC2154,SC2317 # names of tap.sh and sandbox.sh; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
typist=$top_builddir/tests/cli/typist
for connector in personio employment_hero; do
  [ -e "$top_builddir/plugins/.libs/$connector.so" ] || skip_all "the connector $connector was not built"
done
"$typist" -- true >/dev/null 2>&1 || [ $? -ne 77 ] || skip_all 'there is no terminal to be had'
umask 077
unset DISPLAY MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
unset MUSTER_BROWSER_PRINTS
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
BROWSER=/bin/false
NO_COLOR=1
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME BROWSER NO_COLOR

# begin [OPTION…]: a new sandbox, which muster takes for the providers; nothing is stored yet.
begin() {
  sandbox_start "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
  rm -rf "$scratch/data" "$scratch/config"
}
out() { tr -d '\r' <"$scratch/out"; }
field() { jq -r ".$2" "$sandbox_dir/$1.json"; }

begin
id=$(field personio client_id)
secret=$(field personio client_secret)
app=$(field personio app_id)

# --- Fields

status 'every field is asked for' 0 "$typist" 'Client ID' "$id" 'Client secret' "$secret" 'Company name' "$app" \
  -- "$muster" link personio --name one
like 'with its help' "$(out)" 'Company name'
like 'and it is linked' "$(out)" 'one is linked'
unlike 'the secret is not shown' "$(out)" "$secret"
like 'the terminal is as it was' "$(cat "$scratch/err")" 'the terminal echoes'

spelled=$(printf %s "$app" | tr '[:upper:]_' '[:lower:] ')
status 'a spelling is confirmed' 0 "$typist" 'Client ID' "$id" 'Client secret' "$secret" 'Company name' "$spelled" \
  "is $app meant" y -- "$muster" link personio --name two
is 'and taken' "$("$muster" account show two --json | jq -r .fields.app_id)" "$app"
status 'or not' 0 "$typist" 'Client ID' "$id" 'Client secret' "$secret" 'Company name' 'other gmbh' \
  'is OTHER_GMBH meant' n 'Company name' "$app" -- "$muster" link personio --name three
is 'then another is asked for' "$("$muster" account show three --json | jq -r .fields.app_id)" "$app"
jq 'del(.app_id)' "$sandbox_dir/personio.json" >"$scratch/c.json"
status 'only what is missing is asked for' 0 "$typist" 'Company name' "$app" \
  -- "$muster" link personio --name four --credentials "$scratch/c.json"

# --- Who doesn't want to

status 'the end of the input' 130 "$typist" 'Client ID' '^D' -- "$muster" link personio --name five
status 'an interrupt' 130 "$typist" 'Client ID' '^C' -- "$muster" link personio --name five
status 'an interrupt while nothing is shown' 130 "$typist" 'Client ID' "$id" 'Client secret' '^C' \
  -- "$muster" link personio --name five
like 'leaves a terminal that echoes' "$(cat "$scratch/err")" 'the terminal echoes'
status 'a signal while nothing is shown' 143 "$typist" 'Client ID' "$id" 'Client secret' 'kill' \
  -- "$muster" link personio --name five
like 'leaves one, too' "$(cat "$scratch/err")" 'the terminal echoes'
status 'nothing was stored' 14 "$muster" account show five
status 'unlink is asked about' 130 "$typist" 'Unlink four' n -- "$muster" unlink four
status 'and not done' 0 "$muster" account show four
status 'unless wanted' 0 "$typist" 'Unlink' "!'$muster' account rename four moved && '$muster' account rename three four" \
  'four' y -- "$muster" unlink four
status 'then it is' 14 "$muster" account show moved
status 'and not who has its name by then' 0 "$muster" account show four

# --- Consent

begin --organisations 3
status 'a link begins elsewhere' 0 "$muster" link employment_hero --start --name eh \
  --credentials "$sandbox_dir/employment_hero.json"
back=$("$sandbox_program" consent yes "$(cat "$scratch/out")")
status 'one of several organisations is chosen by its number' 0 "$typist" 'its number' 9 'its number' 2 \
  -- "$muster" link --finish "$back"
like 'they are shown' "$(out)" '^ +3  '
like 'and it is linked' "$(out)" 'eh is linked'
is 'with the one that was chosen' "$("$muster" account show eh --json | jq -r '.fields.organisation | length')" 36
status 'a URL that is pasted' 4 "$typist" 'The URL that the browser shows' 'https://localhost/muster/employment_hero?x' \
  -- "$muster" link employment_hero --name pasted
like 'is judged' "$(out)" 'answers another request'

# --- Who breaks off while a browser is waited for

begin --redirect http://127.0.0.1/muster
status 'an interrupt at the listener' 130 "$typist" 'allow the access' '^C' \
  -- "$muster" link employment_hero --name eh --credentials "$sandbox_dir/employment_hero.json"
is 'nothing is stored' "$("$muster" account list --json)" '[]'
status 'a profile for what follows' 0 "$muster" profile add employment_hero --credentials "$sandbox_dir/employment_hero.json"

# --- A profile is approved

mkdir "$scratch/plugins"
LC_ALL=C sed 's/oauth\.employmenthero\.com/oauth.employmentzero.com/g' \
  "$top_builddir/plugins/.libs/employment_hero.so" >"$scratch/plugins/employment_hero.so"
chmod 755 "$scratch/plugins/employment_hero.so"
status 'it is asked about' 13 "$typist" 'Approve this' n \
  -- "$muster" profile approve employment_hero --plugin-path "$scratch/plugins"
status 'and done' 0 "$typist" 'Approve this' y \
  -- "$muster" profile approve employment_hero --plugin-path "$scratch/plugins"
status 'lists are tables here' 0 "$typist" -- "$muster" account list
like 'with a head' "$(out)" '^NAME +PROVIDER +PROFILE'
status 'of profiles, too' 0 "$typist" -- "$muster" profile list
like 'with a head as well' "$(out)" '^NAME +PROVIDER +AUTH'
status 'a list of none says where' 0 "$typist" -- "$muster" account list --data-dir "$scratch/none"
like 'there is none' "$(out)" "there is no account \\($scratch/none has no store yet\\)"

# --- Progress

begin --latency 800
table() {
  "$typist" -- sh -c "$1" "$muster" "$sandbox_dir/personio.json" | tr -d '\r'
}
# shellcheck disable=SC2016 # for the inner shell
table '"$0" run personio list_employees --limit 3 --credentials "$1"' > "$scratch/out" 2> /dev/null
like 'long work shows how far it is' "$(out)" '[0-9] records?, [0-9]+ pages?, [0-9.]+ MB'
like 'and makes room for what comes' "$(out)" "$(printf 'MB\033')\\[Kid  "
# shellcheck disable=SC2016 # for the inner shell
table '"$0" run personio list_employees --limit 3 --credentials "$1" | cat' > "$scratch/out" 2> /dev/null
unlike 'but not between what a pipe shows' "$(out)" 'records?,'
like 'which is all there' "$(out)" '^\{"id":'

# --- A narrow terminal

# narrow COMMAND: it runs on a terminal of forty columns.
narrow() {
  # shellcheck disable=SC2016 # for the inner shell
  status "narrow: $1" 0 "$typist" -- sh -c 'stty cols 40; exec "$0" $1' "$muster" "$1"
}
for command in help 'help link' list 'profile list'; do
  narrow "$command"
  is "$command: no line is too long for it" "$(out | LC_ALL=C.UTF-8 grep -Ec '.{41}' | tr -d ' ')" "$(
    out | grep -Ec '^  muster ')" # examples stay whole
done

done_testing
