# muster doctor: a sound installation is told so, and each thing broken is found.
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
HOME=$scratch/home
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
MUSTER_PLUGIN_PATH=$scratch/plugins
MUSTER_DATA_DIR=$scratch/data
export HOME XDG_CACHE_HOME XDG_CONFIG_HOME MUSTER_PLUGIN_PATH MUSTER_DATA_DIR
unset MUSTER_CA_FILE MUSTER_CONNECT_TO https_proxy HTTPS_PROXY all_proxy ALL_PROXY
umask 022
mkdir -p "$scratch/plugins" "$HOME"

out() { cat "$scratch/out"; }

"$muster" doctor > "$scratch/out"
like 'the runner is found' "$(out)" '^ok +runner .*of this build'
like 'the models are found' "$(out)" '^ok +models +[1-9]'
like 'libcurl is named' "$(out)" '^(ok|weak) +curl +libcurl '
like 'every line has a verdict' "$(out | head -n 1)" '^(ok|weak|broken) '
"$muster" doctor --json > "$scratch/out"
like 'with --json it is an array' "$(tr -d '\n' < "$scratch/out")" \
  '^\[ *\{ *"check": "jail", *"status": "(ok|weak|broken)", *"message": "[^"]+", *"hint": '

echo 'no plugin' > "$scratch/plugins/broken.so"
status 'a broken connector' 1 "$muster" doctor
like 'is told, and what to do' "$(out)" '^broken +plugins .*broken.so is broken'
chmod 666 "$scratch/plugins/broken.so"
status 'a refused connector' 1 "$muster" doctor
like 'is told as refused' "$(out)" 'broken.so is refused: The file can be written by others'
rm "$scratch/plugins/broken.so"

status 'a missing runner' 1 env MUSTER_LIBEXEC_DIR="$scratch/none" "$muster" doctor
like 'is told' "$(out)" "^broken +runner +$scratch/none/muster-runner: "
status 'missing models' 1 env MUSTER_MODEL_DIR="$scratch/none" "$muster" doctor
like 'are told' "$(out)" '^broken +models '
status 'a missing CA file' 1 env MUSTER_CA_FILE="$scratch/none" "$muster" doctor
like 'is told too' "$(out)" '^broken +(certificates|settings) .*none'
mkdir "$XDG_CONFIG_HOME" "$XDG_CONFIG_HOME/muster"
echo '{' > "$XDG_CONFIG_HOME/muster/config.json"
status 'a broken configuration' 1 "$muster" doctor
like 'is told as well' "$(out)" '^broken +settings +.*config\.json is not valid JSON'
is 'and told once' "$(grep -c 'config\.json' "$scratch/out")" 1
rm "$XDG_CONFIG_HOME/muster/config.json"
HTTPS_PROXY=http://proxy.example "$muster" doctor > "$scratch/out"
like 'a proxy that is not used' "$(out)" '^weak +proxy +none; HTTPS_PROXY'
XDG_CACHE_HOME=/dev/null "$muster" doctor > "$scratch/out"
like 'a cache that can not be written' "$(out)" '^weak +cache '


"$muster" doctor > "$scratch/out"
like 'no store is no fault' "$(out)" '^ok +store +There is no store in .*/data\. The first link makes it\.'
not_there() { [ ! -e "$1" ]; }
status 'and none is made' 0 not_there "$MUSTER_DATA_DIR"
mkdir -m 700 "$MUSTER_DATA_DIR"
echo 'This is no database, but it is long enough to be taken for one.' > "$MUSTER_DATA_DIR/store.db"
status 'a store that others may read' 1 "$muster" doctor
like 'is told' "$(out)" '^broken +store +Others have access to .*/data/store\.db'
chmod 600 "$MUSTER_DATA_DIR/store.db"
status 'a store that is none' 1 "$muster" doctor
like 'is told' "$(out)" '^broken +store +.*/data/store\.db is no database'
rm "$MUSTER_DATA_DIR/store.db"
ok 'a profile makes the store' \
  env MUSTER_PLUGIN_PATH="$top_builddir/plugins/.libs" "$muster" profile add personio
"$muster" doctor > "$scratch/out"
like 'the store is found' "$(out)" '^ok +store +.*/data/store\.db'
like 'and its key' "$(out)" '^ok +key +key file .*/config/muster/key, [0-9a-f-]{19}, version 1'
like 'its accounts are counted' "$(out)" '^ok +accounts +0 linked'
like 'its log is verified' "$(out)" '^ok +audit +2 entries'
mv "$XDG_CONFIG_HOME/muster/key" "$scratch/key"
status 'a missing key' 1 "$muster" doctor
like 'is told' "$(out)" '^broken +key +The key .*/config/muster/key is missing'
install -m 644 "$scratch/key" "$XDG_CONFIG_HOME/muster/key"
status 'a key that others may read' 1 "$muster" doctor
like 'is told' "$(out)" '^broken +key +Others have access to .*/config/muster/key'

done_testing
