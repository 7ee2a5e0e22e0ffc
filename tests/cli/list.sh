# muster list: what is found where, what is refused and why, on a terminal and in a pipe.
# shellcheck disable=SC2317 # what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
built=$top_builddir/plugins/.libs/culture_amp.so
[ -e "$built" ] || skip_all 'plugins are shared objects, and none was built'
HOME=$scratch/home
XDG_CACHE_HOME=$scratch/cache
XDG_DATA_HOME=$scratch/data
MUSTER_PLUGIN_PATH=$scratch/env
export HOME XDG_CACHE_HOME XDG_DATA_HOME MUSTER_PLUGIN_PATH
umask 022
user=$XDG_DATA_HOME/muster/plugins/0
mkdir -p "$HOME" "$scratch/env" "$scratch/flag" "$user"

out() { cat "$scratch/out"; }
err() { cat "$scratch/err"; }

# plugin FILE: the Culture Amp connector under another id of as many letters, which it takes from the file.
plugin() {
  LC_ALL=C sed "s/culture_amp/$(basename "$1" .so)/g" "$built" > "$1"
}

# --- Nothing there

status 'no connector' 0 "$muster" list --json --plugin-path "$scratch/none"
is 'an empty array' "$(out)" '[]'
status 'for people' 0 "$muster" list --plugin-path "$scratch/none"
like 'there is a word' "$(err)" 'no connector is installed'

# --- One, in every form

plugin "$scratch/env/aaaaaaa_one.so"
status 'one connector, in a pipe' 0 "$muster" list
like 'one object a line' "$(out)" '^\{"id":"aaaaaaa_one","name":"Culture Amp","version":"[0-9.]+","auths":\["client_credentials"\],"actions":\["list_employees",'
like 'with its path and status' "$(out)" "\"path\":\"$scratch/env/aaaaaaa_one.so\",\"status\":\"ok\",\"reason\":null\\}$"
status 'the same again, from the cache' 0 "$muster" list
cp "$scratch/out" "$scratch/warm"
rm -rf "$scratch/cache"
"$muster" list > "$scratch/cold"
ok 'cold and warm are the same' cmp "$scratch/cold" "$scratch/warm"
ok 'the cache is for its user alone' sh -c 'test -z "$(find "$1" -perm /077)"' - "$scratch/cache"
if has_terminal; then
  TERM=xterm script -qec "'$muster' list" /dev/null > "$scratch/tty" < /dev/null
  like 'on a terminal it is a table' "$(tr -d '\r' < "$scratch/tty")" 'CONNECTOR.*STATUS.*PATH'
  NO_COLOR=1 TERM=xterm script -qec "'$muster' list" /dev/null > "$scratch/tty" < /dev/null
  unlike 'NO_COLOR is obeyed' "$(cat "$scratch/tty")" "$(printf '\033')"
else
  skip 'on a terminal it is a table' 'there is no terminal to be had'
  skip 'NO_COLOR is obeyed' 'there is no terminal to be had'
fi
ok 'head may leave' sh -c '
  { "$1" list; echo $? > "$2/status"; } | head -c 1 > /dev/null
  test "$(cat "$2/status")" = 0' - "$muster" "$scratch"

# --- Precedence

plugin "$user/aaaaaaa_one.so"
plugin "$scratch/flag/aaaaaaa_one.so"
status 'three of one id' 0 "$muster" list --plugin-path "$scratch/flag:$scratch/none"
is 'the first comes from --plugin-path' "$(out | sed -n 1p | grep -c "$scratch/flag/.*\"status\":\"ok\"")" 1
is 'the second from MUSTER_PLUGIN_PATH' "$(out | sed -n 2p | grep -c "$scratch/env/.*\"status\":\"hidden\"")" 1
is 'the third is the user'\''s' "$(out | sed -n 3p | grep -c "$user/.*\"status\":\"hidden\"")" 1
like 'who hides it is told' "$(out)" "\"reason\":\"Hidden by $scratch/flag/aaaaaaa_one.so"
"$muster" list --plugin-path "$scratch/env" > "$scratch/out"
is 'a folder named twice counts once' "$(out | grep -c hidden)" 1
rm "$user/aaaaaaa_one.so"

# --- What is refused, and what is broken; the others are there all the same

plugin "$scratch/env/aaaaaaa_two.so"
chmod o+w "$scratch/env/aaaaaaa_two.so"
echo 'no plugin at all' > "$scratch/env/broken.so"
cp "$built" "$scratch/env/misnamed.so"
ln -s "$scratch/nowhere" "$scratch/env/dangling.so"
mkdir "$scratch/env/folder.so"
mkfifo "$scratch/env/pipe.so"
touch "$scratch/env/Not-An-Id.so" "$scratch/env/README"
status 'all sorts of files' 0 "$muster" list
like 'the good one is there' "$(out)" '"id":"aaaaaaa_one".*"status":"ok"'
like 'one that others can write is refused' "$(out)" '"id":"aaaaaaa_two".*"status":"refused","reason":"The file can be written by others \(mode 646\); mend it with chmod go-w'
like 'what is no plugin is broken' "$(out)" '"id":"broken".*"status":"broken","reason":"..*"'
like 'a name that is not the id is broken' "$(out)" '"id":"misnamed".*"status":"broken","reason":".*its file is misnamed.so'
like 'a dangling link is refused' "$(out)" '"id":"dangling".*"status":"refused","reason":"It can.t be opened'
like 'a folder is refused' "$(out)" '"id":"folder".*"status":"refused","reason":"It is no regular file'
like 'a FIFO is refused, without waiting for it' "$(out)" '"id":"pipe".*"status":"refused","reason":"It is no regular file'
unlike 'other files are none' "$(out)" 'README|Not-An-Id'
status 'a refused one is not used' 9 "$muster" show aaaaaaa_two
like 'and the operator is told why' "$(err)" 'can be written by others'
status 'nor a broken one' 9 "$muster" show broken
like 'and it is named' "$(err)" "error: $scratch/env/broken.so: "
status 'an unknown one' 14 "$muster" show aaaaaaa_on
like 'names the nearest' "$(err)" '^hint: Do you mean aaaaaaa_one'
chmod 755 "$scratch/env/aaaaaaa_two.so"
if [ "$(id -u)" -eq 0 ]; then
  chown 12345 "$scratch/env/aaaaaaa_two.so"
  "$muster" list > "$scratch/out"
  like 'one of another user is refused' "$(out)" '"status":"refused","reason":"The file belongs to another user'
  chown 0 "$scratch/env/aaaaaaa_two.so"
else
  skip 'one of another user is refused' 'only root can make one'
fi
chmod g+w "$scratch/env"
status 'a folder that others can write' 0 "$muster" list
is 'is not looked into' "$(out)" ''
like 'which is told' "$(err)" "warning: $scratch/env is not looked into. The folder can be written by others"
status 'a folder that is not there' 0 "$muster" list --plugin-path "$scratch/nowhere"
like 'is told, where it was asked for' "$(err)" "warning: $scratch/nowhere of --plugin-path is not there"
chmod g-w "$scratch/env"
mkdir -m 777 "$scratch/open"
mv "$scratch/env/aaaaaaa_two.so" "$scratch/open/"
ln -s "$scratch/open/aaaaaaa_two.so" "$scratch/env/aaaaaaa_two.so"
"$muster" list > "$scratch/out"
like 'a link into such a folder is refused' "$(out)" '"id":"aaaaaaa_two".*"status":"refused","reason":"The folder of the file it links to'
chmod 755 "$scratch/open"
"$muster" list > "$scratch/out"
like 'any other link is followed' "$(out)" '"id":"aaaaaaa_two".*"status":"ok"'

# --- The cache

"$muster" list > "$scratch/before"
plugin "$scratch/env/aaaaaaa_one.so"
LC_ALL=C sed 's/Culture Amp/Cutlure Amp/' "$scratch/env/aaaaaaa_one.so" > "$scratch/new"
cat "$scratch/new" > "$scratch/env/aaaaaaa_one.so"
"$muster" list > "$scratch/out"
like 'a plugin that changed is asked again' "$(out)" '"id":"aaaaaaa_one","name":"Cutlure Amp"'
for file in "$scratch/cache/muster"/*; do
  printf 'damage\n' > "$file"
done
status 'a damaged cache is no error' 0 "$muster" list
like 'and not believed' "$(out)" '"id":"aaaaaaa_one","name":"Cutlure Amp"'
sed 's/Cutlure Amp/Evil Corp\./' "$scratch/cache/muster/index" > "$scratch/index"
cat "$scratch/index" > "$scratch/cache/muster/index"
"$muster" list > "$scratch/out"
like 'the cache is really used' "$(out)" 'Evil Corp'
chmod o+w "$scratch/cache/muster/index"
"$muster" list > "$scratch/out"
unlike 'but not one that others can write' "$(out)" 'Evil Corp'
rm -rf "$scratch/cache"
echo 'in the way' > "$scratch/cache"
status 'without a cache it works too' 0 "$muster" list
like 'all the same' "$(out)" '"id":"aaaaaaa_one"'
status 'without a home as well' 0 env -u HOME -u XDG_CACHE_HOME -u XDG_DATA_HOME "$muster" list
like 'still the same' "$(out)" '"id":"aaaaaaa_one"'

done_testing
