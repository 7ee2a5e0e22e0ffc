# Every bad input to every field of every connector is refused with the field named, before anything is sent.
# shellcheck disable=SC2154 # scratch is of tap.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

need jq jq
muster=${top_builddir:?}/host/muster
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
MUSTER_DATA_DIR=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME MUSTER_DATA_DIR
umask 077
sandbox_start
MUSTER_CONNECT_TO=$sandbox_to
MUSTER_CA_FILE=$sandbox_dir/ca.pem
BROWSER=false
export MUSTER_CONNECT_TO MUSTER_CA_FILE BROWSER

# good PROVIDER: fields that are as they should be.
good() {
  case $1 in
  culture_amp)
    echo '{"client_id":"abc","client_secret":"s3cret","scope":"employees-read",
      "target_entity":"8ed17dce-9eca-4383-a9e1-54f82c362b6d"}'
    ;;
  employment_hero)
    echo '{"client_id":"abc","client_secret":"s3cret","redirect_url":"https://localhost/x",
      "organisation":"90a34ef1-50e4-4930-a9d6-000000000001"}'
    ;;
  personio)
    echo '{"client_id":"papi-1","client_secret":"papi-2","app_id":"ACME_GMBH","partner_id":"ACME_HR"}'
    ;;
  esac
}

# enter PROVIDER FIELD FORMAT [ARGUMENT]: validates the good fields with what printf makes in place of this one.
# shellcheck disable=SC2059 # the format is the test's
enter() {
  enter_provider=$1
  enter_field=$2
  shift 2
  printf "$@" > "$scratch/value"
  good "$enter_provider" | jq --arg field "$enter_field" 'del(.[$field])' > "$scratch/credentials"
  "$muster" validate "$enter_provider" --credentials "$scratch/credentials" "$enter_field@$scratch/value" --json \
    > "$scratch/out" 2> "$scratch/err"
}

# told: the fields that the last error names.
told() { jq -r '[.problems[]?.field]|unique|join(" ")' "$scratch/err"; }

# refused WHAT PROVIDER FIELD FORMAT [ARGUMENT]: with exit status 3, and this field named alone; nor is an account
# linked with it.
refused() {
  refused_what=$1
  shift
  enter "$@"
  is "$1: $2 $refused_what" "$? $(told)" "3 $2"
  "$muster" link "$1" --credentials "$scratch/credentials" "$2@$scratch/value" --json \
    > "$scratch/out" 2> "$scratch/err" < /dev/null
  is "$1: nor is it linked" "$? $(told)" "3 $2"
}

for provider in culture_amp employment_hero personio; do
  [ -e "$top_builddir/plugins/.libs/$provider.so" ] || skip_all "the connector $provider was not built"
  good "$provider" > "$scratch/credentials"
  status "$provider: good fields" 0 "$muster" validate "$provider" --credentials "$scratch/credentials"
  "$muster" show "$provider" --json > "$scratch/manifest"
  # One that is found by an action may be empty.
  jq -r '.auths[].fields[] | "\(.id) \(.required and (.found_by|not)) \(.max_length) \(.characters // "")"' \
    "$scratch/manifest" > "$scratch/fields"
  ok "$provider: there are fields" test -s "$scratch/fields"
  while read -r field required most characters; do
    [ "$required" = false ] || refused 'empty' "$provider" "$field" ''
    refused 'too long' "$provider" "$field" '%0*d' "$((most + 1))" 0
    refused 'with CR and LF' "$provider" "$field" 'a\r\nX-Evil: 1'
    refused 'with a line break' "$provider" "$field" 'a\nb'
    refused 'with a carriage return' "$provider" "$field" 'a\rb'
    refused 'with NUL' "$provider" "$field" 'a\000b'
    refused 'that is not UTF-8' "$provider" "$field" 'a\377\376b'
    [ ! "$characters" ] || refused 'with what it excludes' "$provider" "$field" '{field.client_secret}'
  done < "$scratch/fields"
done

# --- What is spelled otherwise is answered with the right spelling

enter personio app_id 'Acme-Sub GmbH'
is 'a company name in small letters' "$?" 3
is 'is one problem' "$(jq -r '.problems|length' "$scratch/err")" 1
like 'with the right spelling' "$(jq -r '.hint' "$scratch/err")" 'ACME_SUB_GMBH'
enter personio app_id ACME_SUB_GMBH
is 'which is taken' "$?" 0
enter personio app_id 'Ärzte AG'
is 'what has no such spelling' "$?" 3
unlike 'is not guessed' "$(jq -r '.hint' "$scratch/err")" 'RZTE'

# --- The organisation may be the address of a page

for url in https://secure.employmenthero.com/app/organisations/12345/dashboard \
  https://secure.employmenthero.com/app/v2/organisations/90a34ef1-50e4-4930-a9d6-000000000001/people?x=1#y \
  12345; do
  enter employment_hero organisation %s "$url"
  is "an organisation: $url" "$?" 0
done
for url in https://secure.employmenthero.com/app/dashboard https://secure.employmenthero.com/app/organisations/ \
  'https://secure.employmenthero.com/app/organisations/%2e%2e/x' '../../x'; do
  refused "as $url" employment_hero organisation %s "$url"
done

# --- Redirect URLs

for url in http://127.0.0.1/muster http://127.0.0.1:8123/muster 'http://[::1]/muster' http://localhost:1234/ \
  https://localhost/muster/employment_hero; do
  enter employment_hero redirect_url %s "$url"
  is "a redirect URL: $url" "$?" 0
done
for url in http://example.com/ https://localhost/x#y localhost ftp://localhost/ 'https://user@localhost/'; do
  refused "as $url" employment_hero redirect_url %s "$url"
done

# --- None of it has reached a provider

is 'nothing was sent' "$(cat "$sandbox_dir/ledger.ndjson")" ''
enter personio app_id ACME_GMBH
status 'what is good is' 4 "$muster" link personio --credentials "$scratch/credentials" \
  "app_id@$scratch/value"
ok 'and the ledger has it' test -s "$sandbox_dir/ledger.ndjson"

done_testing
