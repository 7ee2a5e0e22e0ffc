# muster show, guide and validate, as someone who begins with Culture Amp uses them.
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
built=$top_builddir/plugins/.libs/culture_amp.so
[ -e "$built" ] || skip_all 'the connector was not built'
umask 022
mkdir "$scratch/plugins"
cp "$built" "$scratch/plugins/"
for more in employment_hero personio; do
  cp "$top_builddir/plugins/.libs/$more.so" "$scratch/plugins/"
done
MUSTER_PLUGIN_PATH=$scratch/plugins
XDG_CACHE_HOME=$scratch/cache
export MUSTER_PLUGIN_PATH XDG_CACHE_HOME

out() { cat "$scratch/out"; }
err() { cat "$scratch/err"; }

# --- show

status 'show' 0 "$muster" show culture_amp
like 'the fields' "$(out)" 'client_secret +Client Secret +secret, required'
like 'the actions' "$(out)" 'get_employee +employee +employees-read +id=…'
like 'the hosts' "$(out)" 'api\.cultureamp\.com'
status 'show --json' 0 "$muster" show culture_amp --json
like 'is the manifest' "$(out)" '^  "manifest": 1,$'
status 'an unknown connector' 14 "$muster" show culture
like 'the nearest is named' "$(err)" 'Do you mean culture_amp'

status 'show, of one with consent' 0 "$muster" show employment_hero
like 'the host of the consent' "$(out)" 'oauth\.employmenthero\.com, for tokens and consent'
like 'the grant' "$(out)" 'Auth oauth: .*\(authorization code\)'
like 'whose field it is' "$(out)" 'client_id .*required, of the profile'
like 'the redirect URL' "$(out)" 'redirect_url .*redirect URL, of the profile'
like 'how a field is found' "$(out)" 'organisation .*found by list_organisations'
like 'over what it is repeated' "$(out)" 'list_bank_accounts +for each employee of list_employees, which gives id'
like 'over which windows' "$(out)" 'list_unavailabilities +from start_date to end_date, at most 1 month at once'
like 'a list' "$(out)" '\[status=…,…\]'
like 'how much may be asked' "$(out)" '^  100 requests a minute, by app$'
status 'show, of one with two auths' 0 "$muster" show personio
like 'which share their fields' "$(out)" '^  fields +v2$'
like 'what completes an action' "$(out)" 'list_employees +by list_employments: job_title, '
like 'a limit of some actions' "$(out)" '^  30 requests a second, by endpoint, only list_employees, '
like 'all are named in a pipe' "$(out)" '^  10 requests a second, .* list_jobs, list_job_categories$'
if has_terminal; then
  TERM=dumb script -qec "'$muster' show personio" /dev/null > "$scratch/tty" < /dev/null
  like 'and some on a terminal' "$(tr -d '\r' < "$scratch/tty")" \
    '^  10 requests a second, by endpoint, only [a-z_]+, [a-z_]+, [a-z_]+, [a-z_]+ and [0-9]+ more$'
else
  skip 'and some on a terminal' 'there is no terminal to be had'
fi

# --- guide

status 'guide' 0 "$muster" guide culture_amp --actions list_employees,get_employee
like 'the steps are numbered' "$(out)" '^ 1\. '
like 'the scopes stand in it' "$(out)" 'employees-read'
unlike 'and no others' "$(out)" 'performance-evaluations-read|employee-demographics-read'
status 'guide for all actions' 0 "$muster" guide culture_amp
like 'names all scopes' "$(out)" 'performance-evaluations-read'
status 'guide --json' 0 "$muster" guide culture_amp --actions list_employees,get_employee --json
is 'has exactly these actions and scopes' "$(out | tr -d ' \n' | sed 's/,"steps".*//')" \
  '{"provider":"culture_amp","actions":["list_employees","get_employee"],"scopes":["employees-read"]'
like 'has titles and texts' "$(out | tr -d '\n')" '"steps": \[ *\{ *"title": "[^"]+", *"text": "[^"]+"'
status 'guide --format markdown' 0 "$muster" guide culture_amp --format markdown
like 'begins with a heading' "$(out)" '^# Connect Culture Amp$'
status 'guide --format html' 0 "$muster" guide culture_amp --format html
like 'is a page' "$(out)" '^<!DOCTYPE html>$'
status 'an unknown format' 2 "$muster" guide culture_amp --format pdf
status 'an unknown action' 14 "$muster" guide culture_amp --actions list_employes,get_employee
like 'the nearest names are told' "$(err)" 'Do you mean .*list_employees'

like 'it is quoted' "$("$muster" guide culture_amp --format pdf 2>&1)" "no format 'pdf'"
status 'no action at all' 2 "$muster" guide culture_amp --actions ''
is 'no line is long' "$("$muster" guide culture_amp | awk 'length > 79')" ''

# --- validate

printf 'a-secret-of-some-length\n' > "$scratch/secret"
chmod 600 "$scratch/secret"
status 'good fields' 0 "$muster" validate culture_amp client_id=abc "client_secret@$scratch/secret" \
  scope=employees-read
status 'a secret from the input' 0 sh -c '"$1" validate culture_amp client_id=abc client_secret@- < "$2"' \
  - "$muster" "$scratch/secret"
status 'several things wrong' 3 "$muster" validate culture_amp scope=employee-read, target_entity=short clientid=x
like 'a missing one' "$(err)" 'client_id .*is missing'
like 'another missing one' "$(err)" 'client_secret .*is missing'
like 'a scope that is none, with the nearest' "$(err)" "'employee-read', .*do you mean employees-read"
like 'a length' "$(err)" 'target_entity has 5 characters; it needs 36'
like 'an unknown one, with the nearest' "$(err)" 'clientid .*do you mean client_id'
like 'and a hint' "$(err)" '^hint: '
status 'the same for a program' 3 "$muster" validate culture_amp target_entity=short --json
like 'has problems with field, code and message' "$(err)" \
  '"problems":\[\{"field":"client_id","code":"required","message":"[^"]+"\},'
status 'a secret on the command line' 3 "$muster" validate culture_amp client_id=abc client_secret=hunter2
like 'is refused' "$(err)" 'client_secret is secret'
unlike 'and not repeated' "$(err)" 'hunter2'
printf '{"client_id":"abc","client_secret":"x"}' > "$scratch/credentials.json"
chmod 644 "$scratch/credentials.json"
status 'a credentials file' 0 "$muster" validate culture_amp --credentials "$scratch/credentials.json"
like 'that others can read is warned of' "$(err)" 'can be read by others'
printf '{"client_id":7}' > "$scratch/credentials.json"
status 'a credentials file with a number' 3 "$muster" validate culture_amp --credentials "$scratch/credentials.json"
status 'a credentials file that is not there' 3 "$muster" validate culture_amp --credentials "$scratch/none"
like 'which is what it says' "$(err)" '^hint: Check the name of the file'
status 'a value file that is not there' 2 "$muster" validate culture_amp "client_id@$scratch/none"
like 'it is said what to look at' "$(err)" '^hint: Check the name of the file'
status 'a word that is no assignment' 2 "$muster" validate culture_amp client_id
status 'an auth that is none' 2 "$muster" validate culture_amp --auth basic client_id=x

# --- fields in their normal form

status 'another spelling' 3 "$muster" validate personio client_id=abc "client_secret@$scratch/secret" \
  'app_id=acme gmbh'
like 'is told with the right one' "$(err)" 'app_id .*is spelled ACME_GMBH'
like 'and how to enter it' "$(err)" '^hint: .*app_id=ACME_GMBH'
status 'the right spelling' 0 "$muster" validate personio client_id=abc "client_secret@$scratch/secret" \
  app_id=ACME_GMBH
status 'a URL for an id' 0 "$muster" validate employment_hero client_id=abc "client_secret@$scratch/secret" \
  organisation=https://secure.employmenthero.com/app/organisations/31837/dashboard
status 'a URL of something else' 3 "$muster" validate employment_hero client_id=abc \
  "client_secret@$scratch/secret" organisation=https://secure.employmenthero.com/app/31837/dashboard
like 'is told' "$(err)" 'organisation is a URL without a part …/organisations/…'
status 'a redirect URL that is none' 3 "$muster" validate employment_hero client_id=abc \
  "client_secret@$scratch/secret" redirect_url=http://example.com/back
like 'is told, too' "$(err)" 'redirect_url is http, which is allowed on 127'

done_testing
