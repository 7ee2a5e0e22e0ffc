# How long `muster list` takes with 200 connectors of different ids, with a warm and with a cold cache, beside
# `muster --version`, which is what starting the program costs.
set -eu

muster=${top_builddir:?}/host/muster
built=$top_builddir/plugins/.libs/culture_amp.so
scratch=$(mktemp -d "${TMPDIR:-/tmp}/muster-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
HOME=$scratch
XDG_CACHE_HOME=$scratch/cache
MUSTER_PLUGIN_PATH=$scratch/plugins
export HOME XDG_CACHE_HOME MUSTER_PLUGIN_PATH
umask 022
mkdir "$MUSTER_PLUGIN_PATH"
for number in $(seq -w 1 200); do
  LC_ALL=C sed "s/culture_amp/mock_000$number/g" "$built" > "$MUSTER_PLUGIN_PATH/mock_000$number.so"
done

# best PREPARE COMMAND…: the shortest of ten runs, in ms.
best() {
  prepare=$1
  shift
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    $prepare
    start=$(date +%s%N)
    "$@" > "$scratch/out"
    echo $((($(date +%s%N) - start) / 1000))
  done | sort -n | awk 'NR == 1 { printf "%.1f", $1 / 1000 }'
}

forget() {
  rm -rf "$XDG_CACHE_HOME"
}

# line WHAT BUDGET VALUE
line() {
  awk -v what="$1" -v budget="$2" -v value="$3" 'BEGIN {
    printf "%-44s %8.1f ms of %5.0f ms  (%3.0f %%)%s\n", what, value, budget, 100 * value / budget,
      (value > budget) ? "  OVER BUDGET" : "" }'
}

cold=$(best forget "$muster" list --json)
warm=$(best : "$muster" list --json)
bare=$(best : "$muster" --version)
line 'list, 200 connectors, cold cache' 400 "$cold"
line 'list, 200 connectors, warm cache' 15 "$warm"
echo "muster --version alone takes $bare ms"
