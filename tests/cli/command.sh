# The command line itself: help, wrong words, errors for people and for programs, pipes that close.
# shellcheck disable=SC2317 # what ok calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
XDG_CACHE_HOME=$scratch/cache
export XDG_CACHE_HOME

out() { cat "$scratch/out"; }
err() { cat "$scratch/err"; }

# --- Help

status '--version' 0 "$muster" --version
like '--version names it' "$(out)" '^muster [0-9]'
status '--help' 0 "$muster" --help
like '--help lists the commands' "$(out)" '^  list +List'
status 'nothing at all is a wrong use' 2 "$muster"
is 'its help is on stderr alone' "$(out)" ''
like 'its help lists the commands' "$(err)" '^  list +List'
for command in list show guide validate run api doctor sandbox help; do
  status "$command --help" 0 "$muster" "$command" --help
  like "$command --help says how to use it" "$(out)" "^usage: muster $command"
  like "$command --help has the options" "$(out)" '^  -h, --help'
  is "$command --help fits 80 columns" "$(awk 'length($0) > 80 + gsub(/…|–/, "&") * 2' "$scratch/out")" ''
  out > "$scratch/first"
  "$muster" help "$command" > "$scratch/second"
  ok "help $command is the same" cmp "$scratch/first" "$scratch/second"
done
status 'help of an unknown command' 2 "$muster" help lst
like 'it names the nearest' "$(err)" "^hint: Do you mean 'muster list'"

# --- Wrong words

status 'an unknown command' 2 "$muster" gide
like 'it names the nearest command' "$(err)" "Do you mean 'muster guide'"
status 'an unknown option' 2 "$muster" list --jsn
like 'it is named' "$(err)" 'no option --jsn'
like 'and the nearest' "$(err)" '--json'
status 'an option without its value' 2 "$muster" list --plugin-path
like 'it is told what is missing' "$(err)" '--plugin-path DIRS'
status 'a flag with a value' 2 "$muster" list --json=yes
status 'an option twice' 2 "$muster" guide culture_amp --format text --format html
status 'a short option that is none' 2 "$muster" list -x
status 'an option before the command' 2 "$muster" --json list
status 'a word too many' 2 "$muster" list more
status 'a word too few' 2 "$muster" show
like 'the missing word is named' "$(err)" 'PROVIDER is missing'
status 'a control character' 2 "$muster" "$(printf 'li\033[2Jst')"
unlike 'it does not come back' "$(err)" "$(printf '\033')"

# --- Errors for programs

status 'an error with --json' 14 "$muster" show nobody --json
is 'it is one line' "$(wc -l < "$scratch/err" | tr -d ' ')" 1
like 'it has code, message and cause' "$(err)" '^\{"code":"provider_not_found","message":".*","cause":"operator"'
is 'stdout stays empty' "$(out)" ''

# --- Pipes and full disks

ok 'a reader that leaves early is no error' sh -c '
  set -e
  { "$1" help list; echo $? > "$2/status"; } | true
  test "$(cat "$2/status")" = 0' - "$muster" "$scratch"
if [ -w /dev/full ]; then
  ok 'a full disk is an error' sh -c '"$1" list --help > /dev/full; test $? = 1' - "$muster"
else
  skip 'a full disk is an error' 'there is no /dev/full'
fi

# A closed stdout must not let the next file that is opened take its place.
status 'a closed stdout is an error' 1 sh -c '"$1" list >&-' sh "$muster"

done_testing
