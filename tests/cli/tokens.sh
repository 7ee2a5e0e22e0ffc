# A linked account through the life of its tokens, as a person sees it: they end, are replaced, get lost on the way, are
# revoked; and the sandbox's ledger says what was done.
# shellcheck disable=SC2154 # some names are those of tap.sh, sandbox.sh and hero.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"
# shellcheck source=tests/sandbox/hero.sh
. "$top_srcdir/tests/sandbox/hero.sh"

muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/employment_hero.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
MUSTER_BROWSER_PRINTS=1
BROWSER="$sandbox_program consent yes"
export XDG_CACHE_HOME XDG_CONFIG_HOME MUSTER_BROWSER_PRINTS BROWSER
umask 077

# begin OPTION…: a sandbox, and a store with one account.
begin() {
  hero_start --employees 5 "$@"
  MUSTER_DATA_DIR=$sandbox_dir/data
  export MUSTER_DATA_DIR
  status 'an account is linked' 0 "$muster" link employment_hero --name hero \
    --credentials "$sandbox_dir/employment_hero.json"
}
run() { "$muster" run hero list_teams; }
err() { cat "$scratch/err"; }
tell() { control "$@" > "$scratch/told"; }

# refreshes: what became of each, in order.
refreshes() { grants '[.[]|select(.type == "refresh_token").outcome]|join(" ")'; }

begin
is 'by one consent and one code' "$(grants 'map(.type + " " + .outcome)|join(", ")')" \
  'consent accepted, authorization_code accepted'
is 'nothing that is secret stood in a URL' "$(grep -c secret_in_url "$sandbox_dir/ledger.ndjson")" 0
status 'a token is used until it ends' 0 run
is 'without another' "$(refreshes)" ''
tell clock=1000
status 'when it has ended' 0 run
is 'it is renewed once' "$(refreshes)" accepted
tell expire=all
status 'and when it ended too early' 0 run
is 'by the refresh token that came with it' "$(refreshes)" 'accepted accepted'
tell rotation=off expire=all
status 'without rotation' 0 run
tell expire=all
status 'as well' 0 run
is 'none was ever used twice for nothing' "$(refreshes)" 'accepted accepted accepted accepted'

tell "revoke=$(grants 'last.family')"
status 'what was revoked wants another consent' 11 run
like 'and says how' "$(err)" 'muster link'

# --- Answers that get lost: the connector's policy is to try the old token once more

begin --rotation grace --fault token_lost@2-2
tell expire=all
run > "$scratch/out" 2> "$scratch/err"
status 'an answer that was lost is asked for again, where the provider allows it' 0 run
like 'with the same token' "$(grants '[.[]|select(.type == "refresh_token").generation]|join(" ")')" '^1 1( |$)'
begin --rotation strict --fault token_lost@2-2
tell expire=all
run > "$scratch/out" 2> "$scratch/err"
status 'where it does not, another consent is needed' 11 run
is 'the token was sent again once' "$(refreshes)" 'accepted reused'

# --- Answers that are wrong

begin --fault token_without_refresh@2
tell expire=all
status 'an answer without a refresh token leaves the old one' 0 run
tell expire=all
status 'which goes on being good' 0 run
begin --fault token_redirect@2
tell expire=all
run > "$scratch/out" 2> "$scratch/err"
is 'a refresh token is not sent to where the endpoint redirects' \
  "$(jq -r 'select(.path == "/oauth2/token")|.status' "$sandbox_dir/ledger.ndjson" | sort -u | tr '\n' ' ')" '200 307 '

done_testing
