# OAuth with an authorization server that others wrote and certified: authorization code, PKCE, rotation, a token that
# was revoked, a wrong client secret, as a person sees them. scripts/install-deps --tests --npm FOLDER fetches it.
# shellcheck disable=SC2154,SC2317 # names of tap.sh; what wait_for calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
modules=$(cd "$top_builddir" && pwd)/tests/oidc
need node nodejs
need openssl openssl
need curl curl
need jq jq
[ -d "$modules/node_modules/oidc-provider" ] ||
  skip_all "oidc-provider is not there: scripts/install-deps --tests --npm $modules"
umask 077
unset DISPLAY MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

# --- The server and the person

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=oidc.example.test' \
  -addext 'subjectAltName=DNS:oidc.example.test' -keyout "$scratch/key.pem" -out "$scratch/ca.pem" 2>/dev/null
cat "$scratch/key.pem" "$scratch/ca.pem" >"$scratch/server.pem"
: >"$scratch/events"
node "$top_srcdir/tests/oidc/server.mjs" "$modules/package.json" "$scratch/server.pem" "$scratch" \
  >"$scratch/server.log" 2>&1 &
server=$!
at_exit 'kill "$server" 2>/dev/null'
up() { [ -e "$scratch/ready" ] || ! kill -0 "$server" 2>/dev/null; }
wait_for 30 up
[ -e "$scratch/ready" ] || skip_all "the server does not start: $(tail -n 3 "$scratch/server.log")"
port=$(cat "$scratch/ready")

MUSTER_CONNECT_TO=oidc.example.test:443:127.0.0.1:$port
MUSTER_CA_FILE=$scratch/ca.pem
MUSTER_PLUGIN_PATH=$top_builddir/tests/oidc/.libs
export MUSTER_CONNECT_TO MUSTER_CA_FILE MUSTER_PLUGIN_PATH

fetch() {
  curl -sS --max-time 30 --cacert "$scratch/ca.pem" --connect-to "oidc.example.test:443:127.0.0.1:$port" "$@"
}
# Follows redirects as a browser does, up to the one that leaves the server, which is printed.
cat >"$scratch/browser" <<END
#!/bin/sh
url=\$1
rm -f "$scratch/jar"
while :; do
  case \$url in https://oidc.example.test/*) ;; *) break ;; esac
  url=\$(curl -s --max-time 30 --cacert "$scratch/ca.pem" --connect-to "oidc.example.test:443:127.0.0.1:$port" \\
    -b "$scratch/jar" -c "$scratch/jar" -o /dev/null -w '%{redirect_url}' "\$url")
done
case \$url in http://127.0.0.1:*) curl -s --max-time 30 -o /dev/null "\$url" ;; esac
printf '%s\\n' "\$url"
END
chmod 755 "$scratch/browser"
BROWSER=$scratch/browser
MUSTER_BROWSER_PRINTS=1
export BROWSER MUSTER_BROWSER_PRINTS

err() { tr '\n' ' ' <"$scratch/err"; }
run() { "$muster" run "$@"; }
link() { "$muster" link "$@" </dev/null; }
forget() { fetch -o /dev/null "https://oidc.example.test/test/forget?kind=$1"; }
events() { grep -c "^$1" "$scratch/events"; }

printf %s a-secret-of-the-client-0123456789 >"$scratch/secret"
printf %s another-secret-0123456789-canary >"$scratch/wrong"

# --- Linking

status 'a wrong client secret' 4 link oidc client_secret@"$scratch/wrong"
like 'is told' "$(err)" 'refuses the credentials.*invalid_client'
unlike 'and not repeated' "$(err)" canary
is 'nothing is stored' "$("$muster" account list --json)" '[]'
status 'code and PKCE' 0 link oidc client_secret@"$scratch/secret"
is 'the code was redeemed' "$(events 'grant.success authorization_code')" 1
is 'scopes are as the token says' "$("$muster" account show oidc --json | jq -c '[.scopes[] | [.id, .state, .truth]]')" \
  '[["openid","granted","confirmed"],["people","granted","confirmed"]]'
status 'a run' 0 run oidc get_employee
is 'of the person who consented' "$(jq -r .id "$scratch/out")" a-person
is 'needed no other token' "$(events 'grant.success refresh_token')" 0

# --- Rotation

for turn in 1 2 3; do
  forget AccessToken
  status "a token that ended, $turn" 0 run oidc get_employee
  is "is renewed, $turn" "$(events 'grant.success refresh_token')" "$turn"
done
is 'no refresh token was used twice' "$(events grant.error)" 1 # the wrong secret

# --- Withdrawn

forget AccessToken
forget RefreshToken
status 'consent that was withdrawn' 11 run oidc get_employee
like 'is told' "$(err)" "muster link"
status 'it stays so' 11 run oidc get_employee
status 'and is a reason to look' 10 "$muster" account list --unhealthy
status 'it is linked again' 0 link oidc
status 'then it runs' 0 run oidc get_employee
status 'and all is well' 0 "$muster" account list --unhealthy

# --- On this machine, and elsewhere

status 'a port of this machine' 0 sh -c '"$1" profile add oidc --name local client_secret@"$2" \
  redirect_url=http://127.0.0.1/muster && "$1" link local --wait 30 < /dev/null' - "$muster" "$scratch/secret"
status 'that runs, too' 0 run local get_employee
status 'start' 0 link oidc --name far --start
back=$("$BROWSER" "$(cat "$scratch/out")")
status 'finish' 0 link --finish "$back"
like 'the issuer is told and judged' "$back" 'iss=https%3A%2F%2Foidc.example.test'
status 'start again' 0 link oidc --name evil --start
back=$("$BROWSER" "$(cat "$scratch/out")" | sed 's/iss=[^&]*/iss=https%3A%2F%2Fevil.example/')
status 'another issuer' 4 link --finish "$back"
like 'is not believed' "$(err)" 'another server'

# --- The client secret changes

status 'another client secret' 0 "$muster" profile set oidc client_secret@"$scratch/wrong"
forget AccessToken
status 'that is wrong' 4 run far get_employee
unlike 'is not told' "$(err)" canary
status 'the right one' 0 "$muster" profile set oidc client_secret@"$scratch/secret"
status 'does again' 0 run far get_employee

# --- Unlinking

status 'unlink' 0 "$muster" unlink far
ok 'the server has destroyed the refresh token' grep -q '^refresh_token.destroyed' "$scratch/events"
ok 'no secret is in the open' sh -c '! grep -raq -e a-secret-of-the-client -e another-secret "$1"' - "$scratch/data"

done_testing
