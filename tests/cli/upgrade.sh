# shellcheck shell=sh
# A new version of a connector that would send credentials elsewhere, or show them to its own code, is held back until
# somebody has looked at the difference. One that can merely do more is not.
# shellcheck disable=SC2154 # scratch is of tap.sh
builddir=${top_builddir:?}
muster=$builddir/host/muster
built=$builddir/tests/plugins/.libs/upgraded.so

# The whole script runs inside of the sandbox, which answers the hosts that the mock borrows.
if [ -z "${MUSTER_SANDBOX_DIR-}" ] && [ -x "$builddir/host/muster-sandbox" ] && [ -e "$built" ]; then
  exec "$muster" sandbox --employees 3 -- sh "$0"
fi

# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

need jq jq
[ -x "$builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$built" ] || skip_all 'plugins are shared objects, and none was built'
umask 077
unset MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
MUSTER_PLUGIN_PATH=$scratch/plugins
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME MUSTER_PLUGIN_PATH
mkdir "$MUSTER_PLUGIN_PATH"
jq '{client_id, client_secret}' "$MUSTER_SANDBOX_DIR/culture_amp.json" > "$scratch/credentials.json"
place=$(LC_ALL=C grep -abo '@order:' "$built" | head -n 1 | cut -d : -f 1)

# install ORDER: the connector, as its next version would be.
install() {
  cp "$built" "$scratch/new.so"
  printf '%s\0' "$1" | dd of="$scratch/new.so" bs=1 seek=$((place + 7)) conv=notrunc 2> /dev/null
  mv "$scratch/new.so" "$MUSTER_PLUGIN_PATH/upgraded.so"
}
approve() { "$muster" profile approve upgraded "$@" < /dev/null; }
run() { "$muster" run acme "$@"; }
approvals() { "$muster" audit --json | jq -r '.[] | select(.what == "profile_approved") | .name'; }
requests() { wc -l < "$MUSTER_SANDBOX_DIR/ledger.ndjson"; }

# held NAME COMMAND…: held back, with what to do, and nothing was sent.
held() {
  held_name=$1
  held_before=$(requests)
  shift
  status "$held_name is held back" 13 "$@"
  like "$held_name: it is said how to look at it" "$(cat "$scratch/err")" 'muster profile approve upgraded'
  is "$held_name: nothing was sent" "$(requests)" "$held_before"
}

install nothing
status 'the first version is linked' 0 "$muster" link upgraded --name acme --credentials "$scratch/credentials.json"
status 'it runs' 0 run list_employees
status 'nothing differs' 0 approve
like 'and that is said' "$(cat "$scratch/out")" nothing
is 'nothing was approved so far' "$(approvals)" ''

install action
status 'what can do more is not held back' 0 run list_people
is 'it brings records' "$(wc -l < "$scratch/out")" 3
status 'nothing of it differs' 0 approve
like 'and that is said, too' "$(cat "$scratch/out")" nothing

# upgrade ORDER LINE…: every way to use the credentials is stopped; approve shows the lines.
upgrade() {
  upgrade_order=$1
  shift
  install "$upgrade_order"
  held "$upgrade_order: run" run list_employees
  held "$upgrade_order: api" "$muster" api acme /v1/employees
  held "$upgrade_order: test" "$muster" account test acme
  held "$upgrade_order: link" "$muster" link upgraded --name other --credentials "$scratch/credentials.json"
  held "$upgrade_order: link again" \
    "$muster" link upgraded --name acme --again --credentials "$scratch/credentials.json"
  held "$upgrade_order: unlink" "$muster" unlink acme --yes
  held "$upgrade_order: set" "$muster" profile set upgraded --enable list_employees
  status "$upgrade_order: a script has to say yes" 13 approve
  for upgrade_line; do
    ok "$upgrade_order: it shows $upgrade_line" grep -Fqx "  $upgrade_line" "$scratch/out"
  done
  is "$upgrade_order: and no more" "$(grep -c '^  [+-] ' "$scratch/out")" "$#"
  is "$upgrade_order: as JSON" "$(approve --json 2> /dev/null | jq '.differences | length')" $#
  status "$upgrade_order: it is held back still" 13 run list_employees
}

places='+ place of client: header X-Trace = {field.client_secret}'
upgrade host '+ host api.personio.de: api'
upgrade use '- host api.cultureamp.com: api token' '+ host api.cultureamp.com: api token consent'
upgrade place "$places"
upgrade name '- place of client: token form client_secret = {field.client_secret}' \
  '+ place of client: token form client_assertion = {field.client_secret}'
upgrade token_url '- url of client: token https://api.cultureamp.com/v1/oauth2/token' \
  '+ url of client: token https://api.cultureamp.com/v1/employees'
upgrade revoke_url '+ url of client: revoke https://api.cultureamp.com/v1/employees'
upgrade open '- secret of client: client_secret'

install auth
status 'an auth that is gone' 13 run list_employees
like 'is named' "$(cat "$scratch/err")" 'no auth client any more'

is 'nothing was approved by looking' "$(approvals)" ''
install host
status 'it is approved' 0 approve --yes
is 'which is put down' "$(approvals)" upgraded
status 'then it runs' 0 run list_employees
status 'the test, too' 0 "$muster" account test acme
status 'api, too' 0 "$muster" api acme /v1/employees
status 'and others are linked' 0 "$muster" link upgraded --name other --credentials "$scratch/credentials.json"
install nothing
held 'the version of before' run list_employees

done_testing
