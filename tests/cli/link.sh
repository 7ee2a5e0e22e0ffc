# Profiles, links and accounts as a person or a script uses them, against the simulated providers.
# shellcheck disable=SC2154,SC2317 # names of tap.sh and sandbox.sh; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
for connector in culture_amp personio employment_hero; do
  [ -e "$top_builddir/plugins/.libs/$connector.so" ] || skip_all "the connector $connector was not built"
done
umask 077
unset DISPLAY MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

# go_on [OPTION…]: a new sandbox, which muster takes for the providers.
go_on() {
  sandbox_start "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
}
# begin [OPTION…]: the same, and nothing is stored yet.
begin() {
  rm -rf "$scratch/data" "$scratch/config"
  go_on "$@"
}
# person HOW: who sits at the browser.
person() {
  BROWSER="$sandbox_program consent $1"
  MUSTER_BROWSER_PRINTS=1
  export BROWSER MUSTER_BROWSER_PRINTS
}
nobody() {
  BROWSER=/bin/false
  export BROWSER
  unset MUSTER_BROWSER_PRINTS
}
link() { "$muster" link "$@" </dev/null; }
profile() { "$muster" profile "$@" </dev/null; }
account() { "$muster" account "$@"; }
run() { "$muster" run "$@"; }
out() { cat "$scratch/out"; }
err() { tr '\n' ' ' <"$scratch/err"; }
credentials() { echo "$sandbox_dir/$1.json"; }
names() { account list --json | jq -r '.[].name' | tr '\n' ' '; }

# refused NAME STATUS PATTERN COMMAND…: it ends so, says so, and nothing is stored.
refused() {
  refused_name=$1
  refused_pattern=$3
  refused_before=$(names; profile list --json)
  refused_status=$2
  shift 3
  status "$refused_name" "$refused_status" "$@"
  like "$refused_name: it is said" "$(err)" "$refused_pattern"
  is "$refused_name: nothing is stored" "$(names; profile list --json)" "$refused_before"
}
# changed FILE FILTER: a copy of credentials with something else in them.
changed() {
  jq "$2" "$(credentials "$1")" >"$scratch/c.json"
}

begin
nobody

# --- Before there is anything

status 'no accounts is a list of none' 0 account list --json
is 'and prints one' "$(out)" '[]'
status 'no profiles either' 0 profile list --json
status 'an account of no store' 12 account show x
status 'no links wait' 0 link --pending --json
is 'and that prints a list of none' "$(out)" '[]'
status 'a link that nobody began' 12 link --withdraw x
none='\(/.*/muster has no store yet\)'
refused 'a run of nobody' 14 "There is no account 'x' $none, and no connector.*hint: Name the right --data-dir" \
  run x list_employees
refused 'a call of nobody' 14 "There is no account 'x' $none" "$muster" api x /v1/employees
refused 'a connector that is no account' 2 "There is no account personio $none, and --credentials" \
  run personio list_employees
refused 'a connector that is mistyped' 14 "no connector 'persnio', and no profile of that name $none.*mean personio" \
  "$muster" guide persnio
refused 'for an account' 14 "There is no account 'persnio' $none.*mean personio" run persnio list_employees
refused 'with credentials it is a connector' 14 "There is no connector 'x'" run x list_employees --credentials /dev/null
HOME='' XDG_DATA_HOME='' refused 'without a home' 14 "'x' \(there is no home folder" run x list_employees
refused 'link without a word' 2 'PROFILE is missing' link
refused 'a provider that there is not' 14 "no connector 'nosuch'" link nosuch
refused 'without credentials' 3 'client_id .*is missing.*client_secret .*is missing' link culture_amp
refused 'an empty field' 3 'client_id is empty' link culture_amp client_id=
refused 'a secret in the open' 3 'client_secret is secret and must not stand' link culture_amp client_secret=x
refused 'a field that there is not' 3 'key is no field' link personio --credentials "$(credentials personio)" key=x
refused 'a name that leads elsewhere' 3 "'../x' can't be a name" \
  link personio --credentials "$(credentials personio)" --name ../x
changed culture_amp '.client_secret = "wrong-secret-canary"'
refused 'a wrong secret' 4 'refuses the credentials' link culture_amp --credentials "$scratch/c.json"
unlike 'it is not told' "$(err)" 'wrong-secret-canary'
ok 'nor is there a file of the store' test ! -e "$scratch/data/muster/store.db"
refused 'a spelling' 3 'app_id .*is spelled ACME_GMBH.*app_id=ACME_GMBH' \
  link personio --credentials "$(credentials personio)" app_id='acme gmbh'

# --- Client credentials

status 'a provider without a profile' 0 link culture_amp --name acme --owner t1 \
  --credentials "$(credentials culture_amp)"
like 'where credentials go is shown' "$(err)" 'credentials go to api.cultureamp.com'
is 'a profile is made' "$(profile list --json | jq -r '.[0].name')" culture_amp
is 'and an account' "$(account list --json | jq -rc '.[0] | [.name, .owner, .state, .healthy, .sandbox]')" \
  '["acme","t1","linked",true,true]'
status 'as JSON, too' 0 link culture_amp --name json --json --credentials "$(credentials culture_amp)"
is 'it is the account' "$(jq -c '[.name, .secrets, .state]' "$scratch/out")" '["json",["client_secret"],"linked"]'
status 'which nobody needs' 0 "$muster" unlink json
status 'a profile as JSON' 0 profile add culture_amp --name json --json
is 'it is the profile' "$(jq -c '[.name, .provider, .secrets, .accounts]' "$scratch/out")" \
  '["json","culture_amp",[],[]]'
status 'which nobody needs either' 0 profile remove json
status 'it runs' 0 run acme list_employees --limit 3
is 'and brings records' "$(wc -l <"$scratch/out")" 3
status 'api, too' 0 "$muster" api acme /v1/employees
is 'one token did for all' "$(jq -s '[.[] | select(.path | endswith("/token")) | select(.status == 200)] | length' \
  "$sandbox_dir/ledger.ndjson")" 2 # the other account had one
refused 'a second of that name' 3 'account acme already.*--again' link culture_amp --name acme \
  --credentials "$(credentials culture_amp)"
before=$(account show acme --json | jq -r .id)
status 'unless it is linked again' 0 link culture_amp --name acme --again --credentials "$(credentials culture_amp)"
is 'then it is the same' "$(account show acme --json | jq -r .id)" "$before"
status 'secrets from a file of their own' 0 sh -c 'jq -r .client_secret "$2" >"$3" && jq "del(.client_secret)" "$2" |
  "$1" link culture_amp --name second --credentials - client_secret@"$3"' - "$muster" "$(credentials culture_amp)" \
  "$scratch/secret"
status 'show' 0 account show acme
unlike 'shows no secret' "$(out)" "$(jq -r '.client_secret[0:12]' "$(credentials culture_amp)")"
like 'but that there is one' "$(out)" 'client_secret = ••••'
is 'scopes have their truth' "$(account show acme --json | jq -c '[.scopes[] | [.state, .truth]] | unique')" \
  '[["granted","confirmed"]]'
status 'an account that there is not' 14 account show acmee
like 'where it is not, and the nearest, are named' "$(err)" "no account 'acmee' in /.*/muster\. hint: Do you mean acme"
refused 'nor can it run' 14 "no account 'acmee' in /.*/muster, and no connector.*hint: Do you mean acme\?" \
  run acmee list_employees
refused 'nor is there a profile' 14 "no profile of that name in /.*/muster.*hint: See .muster profile list'" \
  link nosuch --credentials "$(credentials personio)"
status 'an account has labels' 0 account label acme tier=gold 'region=far = away'
is 'they are shown' "$(account show acme --json | jq -c .labels)" '{"region":"far = away","tier":"gold"}'
is 'and listed' "$(account list --json | jq -c '.[0].labels')" '{"region":"far = away","tier":"gold"}'
status 'linked again with a label more and one less' 0 link culture_amp --name acme --again --label region= \
  --label since=2026 --credentials "$(credentials culture_amp)"
is 'it keeps the others, and whose it is' "$(account show acme --json | jq -c '[.labels, .owner]')" \
  '[{"since":"2026","tier":"gold"},"t1"]'
listed() { account list --json "$@" | jq -r '.[].name' | tr '\n' ' '; }
is 'one finds them by a label' "$(listed --label tier=gold)" 'acme '
is 'by all of several' "$(listed --label tier=gold --label since=2025)" ''
is 'by one that there is not' "$(listed --label tier=)" 'second '
is 'by their owner' "$(listed --owner t1)" 'acme '
status 'a label is removed' 0 account label acme since=
is 'then it is gone' "$(account show acme --json | jq -c .labels)" '{"tier":"gold"}'
refused 'no label' 2 "'tier' is not of the form key=value" account label acme tier
refused 'one twice' 2 'tier is given twice' account label acme tier=a tier=b
refused 'a key that is none' 3 "'a b' can't be the key of a label" account label acme 'a b=c'
refused 'a label of nobody' 14 'no account' account label nobody tier=gold
refused 'a label that is none' 3 "can't be the key" link culture_amp --name z --label 'a b=c' \
  --credentials "$(credentials culture_amp)"
is 'the log has them' "$("$muster" audit --json | jq -c '[.[] | select(.what == "labelled").detail]')" \
  '[{"region":"far = away","tier":"gold"},{"since":""}]'
status 'rename' 0 account rename second other
is 'it has the other name' "$(names)" 'acme other '
status 'to a name that is taken' 3 account rename other acme
granted() { jq -s '[.[] | select(.path | endswith("/token")) | select(.status == 200)] | length' "$sandbox_dir/ledger.ndjson"; }
before=$(granted)
status 'test' 0 account test acme
is 'it asks for a new token' "$(granted)" $((before + 1))

# --- Enabled actions

status 'a profile with some actions' 0 profile add culture_amp --name small --actions list_employees
changed culture_amp .
status 'an account under it' 0 link small --name few --credentials "$scratch/c.json"
is 'has the scopes that they need' "$(account show few --json | jq -c '[.scopes[].id]')" '["employees-read"]'
status 'another action' 5 run few list_performance_cycles
like 'is named, with the way to enable it' "$(err)" \
  "not enabled in the profile small; it needs performance-evaluations-read.*profile set small --enable list_performance_cycles.*muster guide small"
status 'its guide' 0 "$muster" guide small --json
is 'is for these alone' "$(jq -c .scopes "$scratch/out")" "$("$muster" guide culture_amp --actions list_employees \
  --json | jq -c .scopes)"
status 'enable it' 0 profile set small --enable list_performance_cycles
is 'it is needed now' "$(account show few --json | jq -c '[.scopes[] | [.id, .state, .truth]]')" \
  '[["employees-read","granted","confirmed"],["performance-evaluations-read","missing","assumed"]]'
status 'and runs' 0 run few list_performance_cycles --limit 1
status 'disable it' 0 profile set small --disable list_performance_cycles
is 'that is one again' "$(profile show small --json | jq -c .actions)" '["list_employees"]'
refused 'a profile has its auth and actions' 2 'says already' link small --name x --actions list_employees
status 'a profile of another name' 0 profile add personio --name ours
refused 'a provider with profiles of other names' 2 'personio has profiles: ours' \
  link personio --credentials "$(credentials personio)"
status 'nobody uses it' 0 profile remove ours
refused 'an action that there is not' 14 'mean list_employees' profile set small --enable list_employes
refused 'other fields than the profile has' 3 'target_entity is not that of the profile small' \
  link small --name fewer --credentials "$scratch/c.json" target_entity=11111111-2222-3333-4444-555555555555
refused 'a profile that is in use stays' 13 'few' profile remove small

# --- Scopes that were not granted

begin --permissions employees-read
status 'fewer scopes than are needed' 5 link culture_amp --name acme --credentials "$(credentials culture_amp)"
status 'the ones that are' 0 link culture_amp --name acme --actions list_employees \
  --credentials "$(credentials culture_amp)"

# --- Consent

begin
person yes
status 'consent, the URL is pasted' 0 link employment_hero --name eh --credentials "$(credentials employment_hero)"
status 'it runs' 0 run eh list_employees --limit 2
is 'the organisation was found' "$(account show eh --json | jq -r '.fields.organisation | length')" 36
is 'what the provider does not say is assumed, what was proved is not' \
  "$(account show eh --json | jq -c '[.scopes[].truth] | unique')" '["assumed","confirmed"]'
truth() { account show eh --json | jq -r --arg id "$1" '.scopes[] | select(.id == $id) | [.state, .truth, .source] | join(" ")'; }
is 'what found the organisation is proved, too' "$(truth organisations:list)" 'granted confirmed list_organisations'
is 'another is assumed' "$(truth teams:list)" 'granted assumed the provider does not say'
status 'until an action that needs it' 0 run eh list_teams --limit 1
is 'has confirmed it' "$(truth teams:list)" 'granted confirmed list_teams'
status 'a test of the account' 0 account test eh
is 'does not forget that' "$(truth teams:list), $(truth organisations:list)" \
  'granted confirmed list_teams, granted confirmed list_organisations'
is 'a secret of the profile is its own' "$(profile show employment_hero --json | jq -c .secrets)" '["client_secret"]'
refused 'a run without an account' 11 "consent first.*hint: 'muster link' asks" \
  run employment_hero list_employees --credentials "$(credentials employment_hero)"
status 'a second customer needs no more than a name' 0 link employment_hero --name eh2
refused 'another client' 3 'client_id is not that of the profile employment_hero' \
  link employment_hero --name eh3 client_id=other-client
person no
refused 'who does not consent' 4 'refused at the provider' link employment_hero --name eh3
person wrong-state
refused 'an answer to something else' 4 'state is not the one' link employment_hero --name eh3
before=$(jq -s length "$sandbox_dir/ledger.ndjson")
refused 'a store that can not be made' 12 'muster' link employment_hero --name eh3 --data-dir /dev/null/store \
  --credentials "$(credentials employment_hero)"
is 'costs no consent' "$(jq -s length "$sandbox_dir/ledger.ndjson")" "$before"
before=$(granted)
status 'a token that is fresh' 0 account test eh
is 'is renewed by a test' "$(granted)" $((before + 1))
changed employment_hero '{client_secret: "wrong-secret-canary"}'
status 'another secret' 0 profile set employment_hero --credentials "$scratch/c.json"
like 'is not tried yet, it is said how' "$(err)" 'account test eh.? does it now'
status 'the test tries it' 4 account test eh
changed employment_hero '{client_secret}'
status 'the right one' 0 profile set employment_hero --credentials "$scratch/c.json"
status 'works' 0 account test eh
status 'the same once more' 0 profile set employment_hero --credentials "$scratch/c.json"
unlike 'is nothing new' "$(err)" 'account test'
nobody
refused 'nobody is there' 2 'nobody to open.*muster link --start' link employment_hero --name eh3
refused 'a way that there is not' 2 'listen or paste' link employment_hero --name eh3 --redirect swim
refused 'no way to listen' 2 "can't listen.*hint: .*http://127\.0\.0\.1/" link employment_hero --name eh3 --redirect listen

# --- A customer elsewhere

status 'start' 0 link employment_hero --name far --owner t2 --label tier=gold --label when=then --start --json
url=$(jq -r .url "$scratch/out")
like 'it ends in seven days' "$(jq -r .expires "$scratch/out")" '^20'
is 'there is no account yet' "$(names)" 'eh eh2 '
back=$("$sandbox_program" consent yes "$url")
refused 'a URL that waits for nothing' 14 'No link waits' link --finish "${back}x"
refused 'one without state' 4 'no state' link --finish https://localhost/muster/employment_hero
refused 'one that was copied badly' 4 'begins with https://localhost/muster/employment_hero;' \
  link --finish "https://elsewhere.example/${back#https://*/}"
wrong() { printf '%s\n' "$back" | sed "$1"; }
refused 'of another path' 4 'does not begin with' link --finish "$(wrong 's,?,/more?,')"
refused 'without its code' 4 'neither one code nor one error' link --finish "$(wrong 's/code=[^&]*//')"
status 'finish: none of these used it up' 0 link --finish "$back" --label when=now
is 'then there is one' "$(account show far --json | jq -rc '[.owner, .state, .labels]')" \
  '["t2","linked",{"tier":"gold","when":"now"}]'
status 'it runs' 0 run far list_teams --limit 1
refused 'once' 14 'finished already' link --finish "$back"
refused 'start where nobody is asked' 2 'asks nobody for consent' \
  link personio --start --credentials "$(credentials personio)"
status 'start again' 0 link employment_hero --name no --start --json
back=$("$sandbox_program" consent no "$(jq -r .url "$scratch/out")")
refused 'who refuses elsewhere' 4 'refused at the provider.*begin anew' link --finish "$back"
refused 'that is an answer' 14 'finished already' link --finish "$back"
is 'the log tells the one from the other' \
  "$("$muster" audit --json | jq -c '[.[] | select(.what | test("link_[^s]")) | [.what, .name, .detail.error]]')" \
  '[["link_finished","far",null],["link_denied","no","access_denied"]]'
status 'fewer actions' 0 profile set employment_hero --actions list_employees
is 'what linking itself asks for is not superfluous' \
  "$(account show eh --json | jq -c '[.scopes[] | select(.state == "granted").id]')" \
  '["employees:list","organisations:list"]'

status 'one more' 0 link employment_hero --name wait --owner t3 --start
refused 'a second for that name' 3 'A link for wait waits already.*--withdraw wait' \
  link employment_hero --name wait --start
status 'those that wait' 0 link --pending --json
is 'are listed' "$(jq -c '[.[] | [.name, .profile, .owner]]' "$scratch/out")" '[["wait","employment_hero","t3"]]'
ok 'with their time' jq -e '.[0] | .since < .until' "$scratch/out"
status 'withdraw' 0 link --withdraw wait
status 'then none waits' 0 link --pending --json
is 'the list is empty' "$(jq -c . "$scratch/out")" '[]'
is 'the log knows' "$("$muster" audit --json | jq -r '.[] | select(.what == "link_withdrawn").name')" wait
refused 'twice' 14 'No link waits for wait' link --withdraw wait
refused 'a name without a link' 14 'No link waits for eh' link --withdraw eh
refused 'two things at once' 2 'one of --start' link --pending --withdraw wait
refused 'a word too many' 2 '' link --pending eh
status 'the name is free again' 0 link employment_hero --name wait --start
status 'and withdrawn again' 0 link --withdraw wait

# --- Unlinking

status 'unlink' 0 "$muster" unlink far
is 'it is gone' "$(names)" 'eh eh2 '
status 'twice' 14 "$muster" unlink far
status 'a token is given back where that can be done' 0 link personio --name pip --credentials "$(credentials personio)"
status 'as here' 0 "$muster" unlink pip
is 'the provider was told' "$(jq -r 'select(.path == "/v2/auth/revoke") | .status' "$sandbox_dir/ledger.ndjson")" 200
status 'a provider that is away' 0 link personio --name pip --credentials "$(credentials personio)"
MUSTER_CONNECT_TO=api.personio.de:443:127.0.0.1:1 status 'keeps the account' 8 "$muster" unlink pip
like 'and says how to be rid of it' "$(err)" 'unlink pip --force'
MUSTER_CONNECT_TO=api.personio.de:443:127.0.0.1:1 status 'by force' 0 "$muster" unlink pip --force
status 'a profile without accounts' 0 profile remove personio

# --- Inside and outside of a sandbox

(
  unset MUSTER_CONNECT_TO
  "$muster" run eh list_employees >"$scratch/out" 2>"$scratch/err"
  echo $? >"$scratch/status"
)
is 'outside it is of no use' "$(cat "$scratch/status")" 13
like 'and that is said' "$(err)" 'made inside the sandbox'

# --- A connector that sends credentials elsewhere

mkdir "$scratch/plugins"
LC_ALL=C sed 's/oauth\.employmenthero\.com/oauth.employmentzero.com/g' \
  "$top_builddir/plugins/.libs/employment_hero.so" >"$scratch/plugins/employment_hero.so"
chmod 755 "$scratch/plugins/employment_hero.so"
status 'is held back' 13 run eh list_employees --plugin-path "$scratch/plugins"
like 'it says how to look at it' "$(err)" 'profile approve employment_hero'
refused 'so are new links' 13 'profile approve employment_hero' \
  link employment_hero --name eh4 --plugin-path "$scratch/plugins"
status 'a script has to say yes' 13 profile approve employment_hero --plugin-path "$scratch/plugins"
like 'the difference is shown' "$(out)" '^  \+ host oauth.employmentzero.com'
like 'of both sides' "$(out)" '^  - host oauth.employmenthero.com'
status 'it still is held back' 13 run eh list_employees --plugin-path "$scratch/plugins"
status 'approve' 0 profile approve employment_hero --plugin-path "$scratch/plugins" --yes
status 'then it runs' 0 run eh list_employees --limit 1 --plugin-path "$scratch/plugins"
status 'and the other way round' 13 run eh list_employees

# --- Several organisations

begin --organisations 3
person yes
refused 'one of several organisations' 13 'organisation=.* is ' \
  link employment_hero --name eh --credentials "$(credentials employment_hero)"
cp "$scratch/err" "$scratch/choices"
refused 'a number that is the hint of none' 13 'and 12345 is the id of none of them: .*with organisation=ID' \
  link employment_hero --name eh organisation=12345 --credentials "$(credentials employment_hero)"
choice=$(sed -n 's/.*organisation=\([0-9a-f-]*\) is .*/\1/p' "$scratch/choices" | sed -n 2p)
status 'which one is said' 0 link employment_hero --name eh --credentials "$(credentials employment_hero)" \
  "organisation=$choice"
is 'that one it is' "$(account show eh --json | jq -r .fields.organisation)" "$choice"

status 'linked again it is the same one' 0 link employment_hero --name eh --again
is 'without being said' "$(account show eh --json | jq -r .fields.organisation)" "$choice"
choice=$(sed -n 's/.*organisation=\([0-9a-f-]*\) is .*/\1/p' "$scratch/choices" | sed -n 3p)
status 'another has to be said' 0 link employment_hero --name eh --again "organisation=$choice"
is 'then it is that' "$(account show eh --json | jq -r .fields.organisation)" "$choice"

choice=$(sed -n 's/.*organisation=\([0-9a-f-]*\) is .*/\1/p' "$scratch/choices" | sed -n 2p)
status 'a customer elsewhere with several' 0 link employment_hero --name far --start --json
back=$("$sandbox_program" consent yes "$(jq -r .url "$scratch/out")")
exchanges() { jq -s '[.[] | select(.path | endswith("/token")) | select(.status == 200)] | length' "$sandbox_dir/ledger.ndjson"; }
before=$(exchanges)
refused 'which one must be said' 13 'organisation=.* is .*the same URL and organisation=ID' link --finish "$back"
refused 'one that there is not' 13 \
  '3 to choose from, and 00000000-0000-4000-8000-000000000000 is the id of none of them.*the same URL' \
  link --finish "$back" organisation=00000000-0000-4000-8000-000000000000
refused 'a field of the profile' 3 'client_id is not that of the profile' link --finish "$back" client_id=other
refused 'a field that there is not' 3 'nosuch is no field' link --finish "$back" nosuch=x
status 'nothing was lost' 0 link --finish "$back" "organisation=$choice"
is 'that one it is' "$(account show far --json | jq -r .fields.organisation)" "$choice"
is 'the code was exchanged once' "$(exchanges)" $((before + 1))
refused 'and the URL is used up' 14 'finished already' link --finish "$back" "organisation=$choice"
status 'it runs' 0 run far list_teams --limit 1

go_on --organisations 1
status 'the application has another secret' 0 profile set employment_hero --credentials "$(credentials employment_hero)"
refused 'an account does not become another by itself' 13 'was linked to another .*another --name' \
  link employment_hero --name eh --again

begin --organisations 3 --token-life 50 --rotation strict
status 'a token that does not live until the choice' 0 link employment_hero --name far --start --json \
  --credentials "$(credentials employment_hero)"
back=$("$sandbox_program" consent yes "$(jq -r .url "$scratch/out")")
refused 'which one must be said, again' 13 'organisation=.* is ' link --finish "$back"
choice=$(sed -n 's/.*organisation=\([0-9a-f-]*\) is .*/\1/p' "$scratch/err" | sed -n 2p)
status 'it is renewed' 0 link --finish "$back" "organisation=$choice"
is 'with the code and its refresh token' "$(exchanges)" 2
status 'and the account has the new one' 0 run far list_teams --limit 1

# --- A code that is not taken

begin
status 'a link' 0 link employment_hero --name far --start --json --credentials "$(credentials employment_hero)"
back=$("$sandbox_program" consent yes "$(jq -r .url "$scratch/out")")
MUSTER_CONNECT_TO=api.employmenthero.com:443:127.0.0.1:1,oauth.employmenthero.com:443:127.0.0.1:1 \
  refused 'a provider that is away' 8 '' link --finish "$back"
refused 'another code than the one that came' 4 'used, withdrawn or has expired.*begin anew' \
  link --finish "$(printf '%s\n' "$back" | sed 's/code=[^&]*/code=other/')"
refused 'that was the end of it' 14 'finished already' link --finish "$back"
is 'the log says so' "$("$muster" audit --json | jq -c '.[-1] | [.what, .detail.error]')" \
  '["link_refused","invalid_grant"]'
if command -v sqlite3 >/dev/null; then
  status 'one more' 0 link employment_hero --name dead --start --json
  back=$("$sandbox_program" consent yes "$(jq -r .url "$scratch/out")")
  # leased SECONDS: as it is when somebody has begun to finish it, and is at it still, or was killed.
  leased() {
    sqlite3 "$scratch/data/muster/store.db" \
      "UPDATE pending_link SET fence = fence + 1, lease_until_ms = (strftime('%s', 'now') + $1) * 1000"
  }
  ok 'somebody is finishing it' leased 60
  refused 'another has to wait' 13 'finishing the link for dead right now.*same URL in [0-9]+ seconds' link --finish "$back"
  ok 'unless that one was killed' leased -1
  status 'then it goes on' 0 link --finish "$back"
fi
status 'a link with a wrong secret' 0 link employment_hero --name far --start --json
back=$("$sandbox_program" consent yes "$(jq -r .url "$scratch/out")")
changed employment_hero '{client_secret: "wrong"}'
status 'which was put there' 0 profile set employment_hero --credentials "$scratch/c.json"
refused 'is refused' 4 'refuses the credentials' link --finish "$back"
status 'it is mended' 0 profile set employment_hero --credentials "$(credentials employment_hero)"
status 'and the same URL goes on' 0 link --finish "$back"

# --- A token endpoint that fails

# failing FAULT STATUS PATTERN: nothing comes of a link then.
failing() {
  begin --fault "$1"
  person yes
  refused "$1" "$2" "$3" link employment_hero --name eh --credentials "$(credentials employment_hero)"
}
failing token_redirect 6 "redirects .*credentials don't follow"
failing token_redirect_foreign 6 "redirects .*credentials don't follow"
failing token_html 4 'refuses the credentials'
failing token_error 4 'refuses the credentials'
failing token_malformed 6 'no JSON object'
failing token_lost 8 'connection'

# --- A browser that comes back to this machine

begin --redirect http://127.0.0.1/muster
person yes
status 'a port of this machine' 0 link employment_hero --name eh --credentials "$(credentials employment_hero)" --wait 30
status 'it runs' 0 run eh list_employees --limit 1
cat >"$scratch/starer" <<EOF
#!/bin/sh
# Whoever is started as a browser has nothing of what muster has open, and was given.
ls -l /proc/self/fd >"$scratch/descriptors"
exec "$sandbox_program" consent yes "\$1"
EOF
chmod 755 "$scratch/starer"
BROWSER=$scratch/starer
status 'a browser is started' 0 link employment_hero --name stared --wait 30 9<"$(credentials employment_hero)"
unlike 'without the descriptors' "$(cat "$scratch/descriptors")" 'employment_hero|store'
person no
refused 'a refusal at that port' 4 'refused at the provider' link employment_hero --name eh2 --wait 30
nobody
refused 'nobody comes' 7 'Nobody came back' link employment_hero --name eh2 --wait 1

# --- For monitoring

status 'all is well' 0 account list --unhealthy
MUSTER_CONNECT_TO=api.employmenthero.com:443:127.0.0.1:1,oauth.employmenthero.com:443:127.0.0.1:1 \
  status 'a run that fails' 8 run eh list_employees
status 'is a reason' 10 account list --unhealthy --json
is 'that is named' "$(jq -rc '.[] | [.name, .failure]' "$scratch/out")" '["eh","connection_failed"]'
status 'until one goes well' 0 account test eh
status 'then all is well again' 0 account list --unhealthy
is 'the log tells it all' "$("$muster" audit --json | jq -r '.[].what' | sort | uniq | tr '\n' ' ')" \
  'created linked profile_added '
status 'of one account' 0 "$muster" audit eh
is 'it is told' "$(jq -rs 'map(.what) | join(" ")' "$scratch/out")" linked
status 'of one that nobody knows' 0 "$muster" audit nobody
like 'that is said' "$(cat "$scratch/err")" "No entry is about 'nobody'"

done_testing
