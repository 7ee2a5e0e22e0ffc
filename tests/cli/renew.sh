# Tokens of linked accounts as they are used: renewed once, in time, whoever is interrupted; and what is found out about
# scopes on the way. The sandbox's ledger tells what the provider saw.
# shellcheck disable=SC2154,SC2317 # names of tap.sh and sandbox.sh; what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/employment_hero.so" ] || skip_all 'the connector was not built'
umask 077
unset DISPLAY MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

# begin [OPTION…]: a new sandbox and a new account, eh.
begin() {
  sandbox_start --limits 0 "$@"
  MUSTER_CONNECT_TO=$sandbox_to
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  BROWSER="$sandbox_program consent yes"
  MUSTER_BROWSER_PRINTS=1
  export MUSTER_CONNECT_TO MUSTER_CA_FILE BROWSER MUSTER_BROWSER_PRINTS
  rm -rf "$scratch/data" "$scratch/config"
  "$muster" link employment_hero --name eh --credentials "$sandbox_dir/employment_hero.json" \
    --actions list_organisations,list_employees,list_teams </dev/null >"$scratch/link" 2>&1 ||
    diag "$(cat "$scratch/link")"
}
teams() { "$muster" run eh list_teams --limit 1; }
control() { fetch -d "$1" https://api.employmenthero.com/.sandbox/control; }
# refreshes: what the provider said to each refresh token that it was sent.
refreshes() {
  jq -r 'select(.grant.type == "refresh_token") | .grant.outcome' "$sandbox_dir/ledger.ndjson" | tr '\n' ' '
}
account() { "$muster" account show eh --json | jq -r "$1"; }
err() { tr '\n' ' ' <"$scratch/err"; }

# --- As it should be

begin --rotation strict
status 'a fresh token' 0 teams
is 'is used as it is' "$(refreshes)" ''
control expire=all >/dev/null
status 'one that the provider no longer takes' 0 teams
is 'is renewed' "$(refreshes)" 'accepted '
status 'the new one' 0 teams
is 'is used by the next command' "$(refreshes)" 'accepted '
control expire=all >/dev/null
status 'and so on' 0 teams
is 'with the refresh token that came last' "$(refreshes)" 'accepted accepted '

# --- Several at once

control expire=all >/dev/null
crowd() {
  pids=
  for _ in 1 2 3 4 5 6; do
    teams >"$scratch/crowd.$_" 2>&1 &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid" || return 1; done
}
ok 'six commands at once' crowd
is 'one of them renews' "$(refreshes)" 'accepted accepted accepted '

# --- Withdrawn

control revoke=1 >/dev/null
status 'an account whose consent was withdrawn' 11 teams
like 'it is said what to do' "$(err)" 'no longer takes.*muster link'
is 'it is put down' "$(account .state)" 'needs_linking'
status 'once' 11 teams
is 'the provider is not asked again' "$(refreshes)" 'accepted accepted accepted revoked '

# --- Interrupted

begin --rotation strict --fault token_slow=5000@2
control expire=all >/dev/null
"$muster" run eh list_teams --limit 1 >"$scratch/out" 2>"$scratch/err" &
pid=$!
is_renewing() { grep -q '"fault":"token_slow"' "$sandbox_dir/ledger.ndjson"; }
wait_for 120 is_renewing
kill -TERM "$pid"
wait "$pid"
is 'a command that is interrupted' "$?" 130
status 'has lost no token' 0 teams
is 'and none was used twice' "$(refreshes)" 'accepted '

# --- The answer is lost

begin --rotation grace --fault token_lost@2
control expire=all >/dev/null
status 'an answer that is lost' 8 teams
status 'is asked for again' 0 teams
is 'within the provider'"'"'s grace' "$(refreshes)" 'accepted accepted '

begin --rotation strict --fault token_lost@2
control expire=all >/dev/null
status 'an answer that is lost, without grace' 8 teams
status 'costs the link' 11 teams
like 'the cause is put down' "$(account .cause)" 'no longer takes.*cut off at 2[0-9-]* '

# --- What is found out about scopes

begin --permissions organisations:list,employees:list
status 'a right that the application lacks' 5 teams
is 'is put down as refused' "$(account '.scopes[] | select(.id == "teams:list") | [.state, .truth, .source] | join(" ")')" \
  'missing refused list_teams'
asked=$(wc -l <"$sandbox_dir/ledger.ndjson")
status 'the next time' 5 teams
is 'nobody is asked' "$(wc -l <"$sandbox_dir/ledger.ndjson")" "$asked"

done_testing
