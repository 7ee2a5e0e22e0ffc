# Whatever is wrong with the store or its key is told as what it is, where it is and what to do; and when that is
# mended, nothing was lost.
# shellcheck disable=SC2154 # names of tap.sh and sandbox.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/culture_amp.so" ] || skip_all 'the connector was not built'
umask 077
unset MUSTER_DATA_DIR STATE_DIRECTORY MUSTER_KEY_FD MUSTER_PASSPHRASE_FD CREDENTIALS_DIRECTORY
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME
sandbox_start --employees 3
MUSTER_CONNECT_TO=$sandbox_to
MUSTER_CA_FILE=$sandbox_dir/ca.pem
export MUSTER_CONNECT_TO MUSTER_CA_FILE
credentials=$sandbox_dir/culture_amp.json
data=$scratch/data/muster
key=$scratch/config/muster/key

run() { "$muster" run acme list_employees "$@"; }
error() { jq -r ".$1 // empty" "$scratch/err"; }

# bad WHAT CODE PLACE HINT: whoever needs the store is told so, in JSON and in words.
bad() {
  requests=$(wc -l < "$sandbox_dir/ledger.ndjson")
  for bad_command in "run acme list_employees" "api acme /v1/employees" "account show acme" "account test acme" \
    "profile show culture_amp" "key show" audit "unlink acme --yes" "account rename acme other" \
    "link culture_amp --name other --credentials $credentials"; do
    # shellcheck disable=SC2086 # words
    status "$1: $bad_command" 12 "$muster" $bad_command --json
    is "$1: $bad_command: the code" "$(error code)" "$2"
    like "$1: $bad_command: the place" "$(error message)" "$3"
    like "$1: $bad_command: what to do" "$(error hint)" "$4"
  done
  is "$1: nothing was asked of the provider" "$(wc -l < "$sandbox_dir/ledger.ndjson")" "$requests"
}
# well WHAT: it works again.
well() {
  status "$1: it is mended" 0 run
  is "$1: all is there" "$("$muster" account list --json | jq -r '.[].name' | tr '\n' ' ')" 'acme '
}

# --- Where none can be made

: > "$scratch/file"
for command in 'link culture_amp' 'profile add employment_hero'; do
  # shellcheck disable=SC2086 # words
  status "$command where no folder can be" 12 "$muster" $command --data-dir "$scratch/file/data" --json
  like "$command: the place" "$(error message)" "$scratch/file/data.* Not a directory"
  # shellcheck disable=SC2086 # words
  HOME='' XDG_DATA_HOME='' status "$command without a home" 2 "$muster" $command --json
  like "$command: what to do" "$(error hint)" 'Set MUSTER_DATA_DIR'
done
is 'before anything is asked of anybody' "$(wc -l < "$sandbox_dir/ledger.ndjson")" 0

status 'an account' 0 "$muster" link culture_amp --name acme --credentials "$credentials"
cp "$key" "$scratch/key"
cp -a "$data" "$scratch/good"

# --- The key

rm "$key"
bad 'no key' key_missing "$key" 'Put the key back'
fails 'none is made' test -e "$key"
head -c 32 /dev/urandom | base64 > "$key"
bad 'another key' key_wrong "key file, .*$data/store.db" 'the key that this store was made with'
echo abc > "$key"
bad 'no key in it' key_malformed "$key" 'base64 or hexadecimal'
: > "$key"
bad 'nothing in it' key_malformed "$key" 'base64 or hexadecimal'
cp "$scratch/key" "$key"
chmod 644 "$key"
bad 'a key for all' key_exposed "$key" "chmod 600 $key"
chmod 600 "$key"
well 'the key'

# --- The file

# put_back: the store as it was.
put_back() {
  rm -rf "$data"
  cp -a "$scratch/good" "$data"
}
echo 'This is no database, although it is long enough to be one.' > "$data/store.db"
bad 'no database' store_foreign "$data/store.db" 'Name the right --data-dir'
put_back
# The version of the schema: four bytes at 60 (https://www.sqlite.org/fileformat2.html, section 1.3).
printf '\177\377\377\377' | dd of="$data/store.db" bs=1 seek=60 conv=notrunc 2> /dev/null
bad 'a newer one' store_too_new "$data/store.db" 'newer muster'
put_back
printf 'XXXX' | dd of="$data/store.db" bs=1 seek=68 conv=notrunc 2> /dev/null
bad 'of another program' store_foreign "$data/store.db" 'Name the right --data-dir'
put_back
head -c 8000 /dev/zero | tr '\0' x | dd of="$data/store.db" bs=1 seek=4096 conv=notrunc 2> /dev/null
bad 'a damaged one' store_corrupt "$data/store.db" "'muster restore'"
put_back
chmod 644 "$data/store.db"
bad 'a file for all' store_exposed "$data/store.db" "chmod 600 $data/store.db"
chmod 600 "$data/store.db"
chmod 777 "$data"
bad 'a folder for all' store_exposed "$data" "chmod 700 $data"
chmod 700 "$data"
well 'the file'

# --- Another program

if command -v sqlite3 > /dev/null 2>&1; then
  mkfifo "$scratch/orders"
  sqlite3 "$data/store.db" < "$scratch/orders" > "$scratch/sqlite.out" &
  sqlite=$!
  exec 3> "$scratch/orders"
  echo 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 1;' >&3
  wait_for 120 grep -q '^1$' "$scratch/sqlite.out"
  status 'a locked one' 12 run --json
  is 'is told as such' "$(error code)" store_locked
  like 'with its place' "$(error message)" "$data/store.db"
  like 'and what to do' "$(error hint)" 'end it, then try again'
  exec 3>&-
  wait "$sqlite"
  well 'the lock'
else
  skip 'a locked one' 'install sqlite3'
fi

# --- A key that others can't get

if command -v flock > /dev/null 2>&1; then
  mkdir "$scratch/given"
  head -c 32 /dev/urandom | base64 > "$scratch/given.key"
  head -c 32 /dev/urandom | base64 > "$scratch/new.key"
  # given COMMAND…: with a key by descriptor, and another to take its place.
  given() { MUSTER_DATA_DIR=$scratch/given MUSTER_KEY_FD=8 MUSTER_NEW_KEY_FD=9 "$@" 8< "$scratch/given.key" 9< "$scratch/new.key"; }
  status 'a store with a key that is given' 0 given "$muster" link culture_amp --name acme --credentials "$credentials"
  exec 3< "$scratch/given/store.lock"
  flock -s 3
  status 'its key is not rotated under others' 12 given "$muster" key rotate --json
  is 'is told as such' "$(error code)" store_locked
  like 'and what to do' "$(error hint)" 'could not get the new key'
  status 'nor was it' 0 given "$muster" run acme list_employees
  exec 3<&-
  status 'alone it is' 0 given "$muster" key rotate
  status 'and the old one is no good' 12 given "$muster" run acme list_employees
  cp "$scratch/new.key" "$scratch/given.key"
  status 'but the new one' 0 given "$muster" run acme list_employees
else
  skip 'a key that others can not get' 'install util-linux'
fi

# --- Who may not write

# as_user COMMAND…: as root everything may be written, so as somebody else.
if [ "$(id -u)" -ne 0 ]; then
  as_user() { "$@"; }
elif setpriv --reuid=65534 --regid=65534 --clear-groups test -r "$top_builddir/plugins/.libs/culture_amp.so" \
  2> /dev/null && setpriv --reuid=65534 --regid=65534 --clear-groups "$muster" help > /dev/null 2>&1; then
  as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
  chown -R 65534:65534 "$scratch/data" "$scratch/config" "$scratch/cache"
  chmod 711 "$scratch" "$sandbox_dir"
  cp "$sandbox_dir/ca.pem" "$scratch/ca.pem"
  chmod 644 "$scratch/ca.pem"
  MUSTER_CA_FILE=$scratch/ca.pem
fi
if command -v as_user > /dev/null 2>&1; then
  status 'as somebody' 0 as_user "$muster" run acme list_employees
  # read_only WHAT FILE: what may not be written is told; a run, which only reads, goes on if it can.
  read_only() {
    status "$1: rename" 12 as_user "$muster" account rename acme other --json
    is "$1: it is told as such" "$(error code)" store_read_only
    like "$1: with its place" "$(error message)" "$2"
    like "$1: and what to do" "$(error hint)" 'writable'
  }
  chmod 400 "$data/store.db"
  read_only 'a file' "$data/store.db"
  chmod 600 "$data/store.db"
  rm -f "$data"/store.db-*
  chmod 500 "$data"
  read_only 'a folder' "$data"
  chmod 700 "$data"
  status 'it is mended' 0 as_user "$muster" account rename acme acme2
  status 'and renamed' 0 as_user "$muster" account rename acme2 acme
  chown -R "$(id -u):$(id -g)" "$scratch/data" "$scratch/config" "$scratch/cache"
else
  skip 'who may not write' 'as root everything may be written, and nobody else can reach this folder, or there is no setpriv'
fi

# --- A full disk

cat > "$scratch/full" << 'END'
set -e
mkdir -p "$scratch/small"
mount -t tmpfs -o size=1m,mode=700 none "$scratch/small"
MUSTER_DATA_DIR=$scratch/small
export MUSTER_DATA_DIR
set +e
"$muster" link culture_amp --name acme --credentials "$1"
echo $? > "$scratch/full.first"
dd if=/dev/zero of="$scratch/small/filler" bs=4096 2> /dev/null
"$muster" link culture_amp --name other --credentials "$1" --json 2> "$scratch/err"
echo $? > "$scratch/full.link"
"$muster" account rename acme another 2>> "$scratch/full.err"
echo $? > "$scratch/full.rename"
rm "$scratch/small/filler"
"$muster" account list --json > "$scratch/full.list"
"$muster" link culture_amp --name other --credentials "$1"
echo $? > "$scratch/full.again"
END
export scratch muster
if [ "$(id -u)" -eq 0 ] && unshare -m true 2> /dev/null; then
  unshare -m sh "$scratch/full" "$credentials" > "$scratch/full.said" 2>&1
  is 'while there is space' "$(cat "$scratch/full.first")" 0 || diag "$(cat "$scratch/full.said")"
  is 'on a full disk nothing is linked' "$(cat "$scratch/full.link")" 12 || diag "$(cat "$scratch/full.said")"
  is 'which is told as such' "$(error code)" store_full
  like 'with its place' "$(error message)" "$scratch/small"
  like 'and what to do' "$(error hint)" 'Free some space'
  is 'nor renamed' "$(cat "$scratch/full.rename")" 12
  is 'and nothing was lost, nor half stored' "$(jq -r '.[].name' "$scratch/full.list")" acme
  is 'with some space it goes on' "$(cat "$scratch/full.again")" 0
else
  skip 'a full disk' 'a file system can be mounted by root alone'
fi

done_testing
