# make bench: each budget, what was measured, and how the two compare.
# shellcheck shell=sh disable=SC2016 # what awk and sh -c expand
#
#	bench.sh [record] [https] [memory] [fixed] [list] [runner]
#
# measures those, or all of them. What takes a program that is not here is skipped, with a line that says so.
# Processor time is shared with whatever else runs: believe the best run, on a quiet machine; or, on one that is
# not, as root with BENCH_UNDER='chrt --rr 10', so that all that is measured, the web server too, goes first.

set -u
: "${top_srcdir:?}" "${top_builddir:?}"
bench=$top_builddir/tests/bench
measure="${BENCH_UNDER:-} $bench/measure"
MUSTER_LIBEXEC_DIR=$top_builddir/host
MUSTER_MODEL_DIR=$top_srcdir/sdk/models
MUSTER_PLUGIN_PATH=$top_builddir/plugins/.libs
export MUSTER_LIBEXEC_DIR MUSTER_MODEL_DIR MUSTER_PLUGIN_PATH
muster=$top_builddir/host/muster
umask 022

scratch=$(mktemp -d "${TMPDIR:-/tmp}/muster-bench.XXXXXX") || exit 1
chmod 711 "$scratch" # nginx's worker is another user
nginx_pid=
sandbox_pid=
clean() {
  [ -z "$nginx_pid" ] || kill "$nginx_pid"
  [ -z "$sandbox_pid" ] || kill "$sandbox_pid"
  wait
  rm -rf "$scratch"
}
trap clean EXIT
trap 'exit 130' HUP INT TERM
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
XDG_DATA_HOME=$scratch/data
export XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

# ---- The table ------------------------------------------------------------------------------------

# row WHAT BUDGET VALUE UNIT: BUDGET is "<N" or ">N".
row() {
  awk -v what="$1" -v budget="$2" -v value="$3" -v unit="$4" 'BEGIN {
    limit = substr(budget, 2) + 0
    holds = value != "" && (substr(budget, 1, 1) == "<" ? value < limit : value >= limit)
    sign = substr(budget, 1, 1) == "<" ? "<" : "≥"
    printf "%-64s %s %7s  %9.2f  %-7s %5.2f  %s\n", what, sign, limit, value, unit, value / limit,
      holds ? "holds" : "MISSED"
  }'
}

# note WHAT VALUE UNIT: measured beside, without a budget.
note() {
  awk -v what="$1" -v value="$2" -v unit="$3" \
    'BEGIN { printf "%-64s %9s  %9.2f  %s\n", what, "", value, unit }'
}

skip() {
  printf '%-64s %9s  %9s  %s\n' "$1" '' '-' "$2"
}

has() {
  command -v "$1" > /dev/null 2>&1
}

# field NAME LINE: the word after NAME.
field() {
  printf '%s\n' "$2" | awk -v name="$1" '{ for (i = 1; i < NF; i++) if ($i == name) print $(i + 1) }'
}

ratio() {
  awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", (b > 0 ? a / b : 0) }'
}

# ---- The machine ----------------------------------------------------------------------------------

machine() {
  echo "CPU       $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sed 1q), $(getconf _NPROCESSORS_ONLN) cores"
  echo "kernel    $(uname -sr)"
  echo "compiler  $(${CC:-cc} --version | sed 1q)"
  echo "load      $(cut -d' ' -f1 /proc/loadavg) at the start"
  printf '\n%-64s %9s  %9s  %-7s %5s\n' 'what' 'budget' 'measured' 'unit' 'ratio'
}

# ---- Body to record -------------------------------------------------------------------------------

record() {
  ${BENCH_UNDER:-} "$bench/map_bench" > "$scratch/map"
  for corpus in A:800 B:400; do
    line=$(grep "map, ${corpus%:*}," "$scratch/map")
    fields=$(printf '%s\n' "$line" | sed 's/.*fields *//')
    row "body to record, corpus ${corpus%:*}, one core" ">${corpus#*:}" "${fields%% *}" MB/s
    times=$(printf '%s\n' "$line" | sed 's/.*MB\/s *\([0-9.]*\) times.*/\1/')
    row "  beside a jansson DOM" '>20' "$times" times
  done
}

# ---- The sandbox ----------------------------------------------------------------------------------

# sandbox OPTION…: starts it and exports where it is.
sandbox() {
  ${BENCH_UNDER:-} "$MUSTER_LIBEXEC_DIR/muster-sandbox" --json --dir "$scratch/sandbox" "$@" > "$scratch/about" &
  sandbox_pid=$!
  while [ ! -e "$scratch/sandbox/ready" ]; do
    kill -0 "$sandbox_pid" 2> /dev/null || exit 1
    sleep 0.05
  done
  MUSTER_CONNECT_TO=$(sed -n 's/.*"connect_to": *"\([^"]*\)".*/\1/p' "$scratch/sandbox/ready")
  MUSTER_CA_FILE=$scratch/sandbox/ca.pem
  credentials=$scratch/sandbox/culture_amp.json
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
}

end_sandbox() {
  kill "$sandbox_pid"
  wait "$sandbox_pid"
  sandbox_pid=
  rm -rf "$scratch/sandbox"
  unset MUSTER_CONNECT_TO MUSTER_CA_FILE
}

# ---- Over https -----------------------------------------------------------------------------------

# pages BYTES FOLDER < NDJSON: files of about BYTES, each with the cursor of the next.
pages() {
  mkdir -p "$2"
  LC_ALL=C awk -v limit="$1" -v folder="$2" '
    function end(last) {
      next_page = sprintf("\"afterKey\":\"p%d\",\"nextPath\":\"/v1/employees?cursor=p%d\"", page + 1, page + 1)
      printf "],\"pagination\":{%s}}", (last ? "" : next_page) > file
      close(file)
    }
    {
      if (bytes == 0 || bytes + length($0) > limit) {
        if (page) end(0)
        file = sprintf("%s/p%d.json", folder, ++page)
        printf "{\"data\":[" > file
        bytes = 0
      }
      printf "%s%s", (bytes ? "," : ""), $0 > file
      bytes += length($0) + 1
    }
    END { end(1); print page > (folder "/count") }'
}

# serve FOLDER: nginx on one core, HTTP/1.1 and HTTP/2 each on a port of its own.
serve() {
  for _ in 1 2 3 4 5 6 7 8; do
    plain=$(awk 'BEGIN { srand(); print 20000 + int(rand() * 20000) }')
    second=$((plain + 1))
    cat > "$scratch/nginx.conf" << END
worker_processes 1;
daemon off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
events { worker_connections 64; }
http {
  access_log off;
  default_type application/json;
  keepalive_requests 1000000;
  open_file_cache max=5000;
  client_body_temp_path $scratch/nginx-body;
  proxy_temp_path $scratch/nginx-proxy;
  fastcgi_temp_path $scratch/nginx-fastcgi;
  scgi_temp_path $scratch/nginx-scgi;
  uwsgi_temp_path $scratch/nginx-uwsgi;
  ssl_certificate $scratch/server.pem;
  ssl_certificate_key $scratch/server.pem;
  map \$arg_cursor \$page { "" p1; default \$arg_cursor; }
  server {
    listen 127.0.0.1:$plain ssl;
    listen 127.0.0.1:$second ssl http2;
    root $1;
    location = /v1/oauth2/token { return 200 '{"access_token":"benchmark","token_type":"Bearer","expires_in":3599}'; }
    location = /v1/employees { try_files /\$page.json =404; }
  }
}
END
    ${BENCH_UNDER:-} nginx -c "$scratch/nginx.conf" 2>> "$scratch/nginx.log" &
    nginx_pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      sleep 0.1
      kill -0 "$nginx_pid" 2> /dev/null || break
      [ ! -s "$scratch/nginx.pid" ] || return 0
    done
    wait "$nginx_pid"
  done
  nginx_pid=
  return 1
}

end_serve() {
  kill "$nginx_pid"
  wait "$nginx_pid"
  nginx_pid=
}

# server_ms: the processor time of nginx's worker so far.
server_ms() {
  read -r worker _ < "/proc/$nginx_pid/task/$nginx_pid/children"
  awk -v hertz="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / hertz }' "/proc/$worker/stat"
}

# speed BYTES "best MS …" [median|cpu]: MB/s of the best run, or of what is named.
speed() {
  awk -v bytes="$1" -v ms="$(field "${3:-best}" "$2")" 'BEGIN { printf "%.1f", (ms > 0 ? bytes / ms / 1e3 : 0) }'
}

# urls FOLDER: what curl fetches, one after the other on one connection.
urls() {
  awk -v count="$(cat "$1/count")" 'BEGIN {
    for (i = 1; i <= count; i++)
      printf "url = \"https://api.cultureamp.com/v1/employees?cursor=p%d\"\noutput = \"/dev/null\"\n", i
  }'
}

# https_pages LABEL BYTES RUNS: all of it, with pages of that size.
https_pages() {
  folder=$scratch/pages-$2
  pages "$2" "$folder" < "$scratch/employees.ndjson"
  bytes=$(cat "$folder"/p*.json | wc -c)
  if ! serve "$folder"; then
    skip "https, $1 pages" 'nginx did not start'
    return
  fi
  urls "$folder" > "$scratch/urls"
  for version in 1.1 2; do
    port=$plain
    [ "$version" = 1.1 ] || port=$second
    MUSTER_CONNECT_TO=api.cultureamp.com:443:127.0.0.1:$port
    export MUSTER_CONNECT_TO
    set -- "$1" "$2" "$3" -s --cacert "$MUSTER_CA_FILE" "--http$version" --connect-to "$MUSTER_CONNECT_TO"
    size=$1
    runs=$3
    alone=
    if has curl; then
      shift 3
      alone=$($measure -n "$runs" curl "$@" -K "$scratch/urls")
      set -- "$size" "$bytes" "$runs"
    fi
    before=$(server_ms)
    whole=$($measure -n "$runs" "$muster" run culture_amp list_employees --credentials "$credentials")
    served=$(awk -v a="$before" -v b="$(server_ms)" -v n="$runs" 'BEGIN { print (b - a) / n }')
    ours=$(speed "$bytes" "$whole")
    row "https, HTTP/$version, $size pages: fetch to NDJSON" '>300' "$ours" MB/s
    note '  the median run' "$(speed "$bytes" "$whole" median)" MB/s
    note '  of it processor time of muster and its runner' "$(ratio "$(field cpu "$whole")" "$(field best "$whole")")" cores
    note '  and of the web server, which is on the same machine' "$(ratio "$served" "$(field best "$whole")")" cores
    if [ -n "$alone" ]; then
      row '  beside fetching alone (curl, to nowhere)' '>0.35' "$(ratio "$ours" "$(speed "$bytes" "$alone")")" times
      note '  fetching alone' "$(speed "$bytes" "$alone")" MB/s
    fi
    [ "$version" = 2 ] || others "$size"
  done
  end_serve
  rm -rf "$folder"
}

# beside NAME TIMES COMMAND…
beside() {
  name=$1
  times=$2
  shift 2
  theirs=$(speed "$bytes" "$($measure "$@")")
  row "  beside $name" ">$times" "$(ratio "$ours" "$theirs")" times
  note "  $name" "$theirs" MB/s
}

# The same work in other languages, over HTTP/1.1, which is what they speak.
others() {
  if has node; then
    beside Node 4 node "$top_srcdir/tests/bench/same_work.js" "$port" "$MUSTER_CA_FILE"
  else
    skip '  beside Node' 'node is not installed'
  fi
  if has python3; then
    beside Python 8 python3 "$top_srcdir/tests/bench/same_work.py" "$port" "$MUSTER_CA_FILE"
  else
    skip '  beside Python' 'python3 is not installed'
  fi
  if has curl && has jq; then
    sed '/^output/d' "$scratch/urls" > "$scratch/urls-out"
    beside 'curl | jq' 15 sh -c 'curl -s --http1.1 --cacert "$1" --connect-to "$2" -K "$3" | jq -c "$4"' - \
      "$MUSTER_CA_FILE" "$MUSTER_CONNECT_TO" "$scratch/urls-out" \
      '.data[] | {id, employee_number: .employeeIdentifier, full_name: .name, preferred_name: .preferredName, work_email: .email, hire_date: .startDate, termination_date: .endDate, date_of_birth: .birthDate, updated_at: .processedAt}'
  else
    skip '  beside curl | jq' 'curl or jq is not installed'
  fi
}

https() {
  PATH=$PATH:/usr/sbin
  if ! has nginx; then
    skip 'https: fetch to NDJSON' 'nginx is not installed'
    return
  fi
  sandbox --employees 500000
  cp "$scratch/sandbox/server.pem" "$scratch/sandbox/ca.pem" "$scratch/sandbox/culture_amp.json" "$scratch/"
  "$muster" run culture_amp list_employees --raw --credentials "$credentials" > "$scratch/employees.ndjson" || exit 1
  end_sandbox
  MUSTER_CA_FILE=$scratch/ca.pem
  export MUSTER_CA_FILE
  credentials=$scratch/culture_amp.json
  https_pages '1 MB' 1000000 5
  https_pages '165 KB' 165000 5
  rm -f "$scratch/employees.ndjson"
  unset MUSTER_CONNECT_TO MUSTER_CA_FILE
}

# ---- Memory ---------------------------------------------------------------------------------------

# peak LABEL RUNS SANDBOX-OPTION…
peak() {
  label=$1
  runs=$2
  shift 2
  sandbox "$@"
  line=$($measure -m -n "$runs" "$muster" run culture_amp list_employees --credentials "$credentials") || line=
  end_sandbox
  if [ -n "$line" ]; then
    row "memory of a run, $label" '<32' "$(ratio "$(field memory "$line")" 1024)" MiB
  else
    skip "memory of a run, $label" 'only root may look at a runner'
  fi
}

memory() {
  peak '1,000 records' 10 --employees 1000
  peak '1,000,000 records' 1 --employees 1000000
  peak 'one page of 300 MB' 1 --employees 700000 --page-bytes 400000000
}

# ---- A run's fixed cost ---------------------------------------------------------------------------

fixed() {
  sandbox --employees 1
  line=$($measure -n 60 "$muster" run culture_amp list_employees --credentials "$credentials")
  end_sandbox
  row 'fixed cost of a run, everything included' '<25' "$(field best "$line")" ms
  note '  the median run' "$(field median "$line")" ms
  note '  processor time' "$(field cpu "$line")" ms
  note '  certificate authorities of the system' \
    "$(find /etc/ssl/certs/ -name '*.[0-9]' 2> /dev/null | wc -l)" certificates
}

# ---- Two hundred connectors -----------------------------------------------------------------------

# The Culture Amp connector under other ids of as many letters.
two_hundred() {
  mkdir -p "$scratch/plugins"
  awk 'BEGIN { for (i = 0; i < 200; i++) printf "p%010d\n", i }' | while read -r id; do
    LC_ALL=C sed "s/culture_amp/$id/g" "$top_builddir/plugins/.libs/culture_amp.so" > "$scratch/plugins/$id.so"
  done
}

list() {
  two_hundred
  here=$MUSTER_PLUGIN_PATH
  MUSTER_PLUGIN_PATH=$scratch/plugins
  line=$($measure -n 10 sh -c 'rm -rf "$XDG_CACHE_HOME" && exec "$1" list' - "$muster")
  row 'list of 200 connectors, cold' '<400' "$(field best "$line")" ms
  note '  the median run' "$(field median "$line")" ms
  line=$($measure -n 50 "$muster" list)
  row 'list of 200 connectors, warm' '<15' "$(field best "$line")" ms
  note '  the median run' "$(field median "$line")" ms
  note '  --version, for comparison' "$(field best "$($measure -n 50 "$muster" --version)")" ms
  MUSTER_PLUGIN_PATH=$here
  rm -rf "$scratch/plugins"
}

# ---- Runners --------------------------------------------------------------------------------------

runner() {
  lines=$(${BENCH_UNDER:-} "$bench/runner_bench" "$top_builddir/plugins/.libs/culture_amp.so" list_employees 1000)
  row 'runner: start, jail, load, end' '<3' "$(field best "$(printf '%s\n' "$lines" | sed -n 1p)")" ms
  note '  the median run' "$(field median "$(printf '%s\n' "$lines" | sed -n 1p)")" ms
  kib=$(field runners "$(printf '%s\n' "$lines" | sed -n 2p)")
  if [ -n "$kib" ]; then
    row '1,000 idle runners' '<200' "$(ratio "$kib" 1024)" MiB
  else
    skip '1,000 idle runners' 'takes root and descriptors'
  fi
}

later() {
  skip 'into a SQLite destination' 'later'
  skip 'checkpoints' 'later'
}

machine
[ $# -gt 0 ] || set -- record https memory fixed list runner later
for part; do
  case $part in
    record | https | memory | fixed | list | runner | later) "$part" ;;
    *)
      echo "bench.sh: there is no part '$part'" >&2
      exit 2
      ;;
  esac
done
