# HTTP/2, which nginx speaks in front of the sandbox: a run goes over it, and so does a new token in the midst.
# shellcheck disable=SC2016,SC2154,SC2317 # nginx's names; names of tap.sh; what wait_for calls
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"
# shellcheck source=tests/sandbox/sandbox.sh
. "$top_srcdir/tests/sandbox/sandbox.sh"

PATH=$PATH:/usr/sbin:/sbin
need nginx nginx-light
muster=${top_builddir:?}/host/muster
[ -e "$top_builddir/plugins/.libs/culture_amp.so" ] || skip_all 'the connector was not built'
XDG_CACHE_HOME=$scratch/cache
XDG_CONFIG_HOME=$scratch/config
export XDG_CACHE_HOME XDG_CONFIG_HOME
nginx_pid=
at_exit '[ -z "$nginx_pid" ] || kill "$nginx_pid" 2> /dev/null'

user=
[ "$(id -u)" -ne 0 ] || user='user root;'

# configure PORT
configure() {
  cat > "$scratch/nginx.conf" << END
$user
daemon off;
master_process off;
worker_processes 1;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
events { }
http {
  log_format protocol '\$server_protocol \$status \$uri';
  access_log $scratch/access.log protocol;
  client_body_temp_path $scratch/body;
  proxy_temp_path $scratch/proxy;
  fastcgi_temp_path $scratch/fastcgi;
  uwsgi_temp_path $scratch/uwsgi;
  scgi_temp_path $scratch/scgi;
  server {
    listen 127.0.0.1:$1 ssl http2;
    ssl_certificate $sandbox_dir/server.pem;
    ssl_certificate_key $sandbox_dir/server.pem;
    location / {
      proxy_pass https://127.0.0.1:${sandbox_to##*:};
      proxy_http_version 1.1;
      proxy_set_header Host \$host;
      proxy_set_header Connection '';
      proxy_ssl_server_name on;
      proxy_ssl_name \$host;
      proxy_max_temp_file_size 0;
    }
  }
}
END
}

is_up() { curl -s -o /dev/null --max-time 5 -k "https://127.0.0.1:$port/"; }
is_decided() { is_up || ! kill -0 "$nginx_pid" 2> /dev/null; }

# begin [OPTION…]: a sandbox with nginx in front, on a random port that is free, and of those that nobody is given unasked.
begin() {
  if [ -n "$nginx_pid" ]; then
    kill "$nginx_pid"
    wait "$nginx_pid"
    nginx_pid=
  fi
  sandbox_start "$@"
  : > "$scratch/access.log"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$(($(od -An -N2 -tu2 /dev/urandom) % 12000 + 20000))
    configure "$port"
    nginx -p "$scratch" -c "$scratch/nginx.conf" 2> "$scratch/nginx.err" &
    nginx_pid=$!
    wait_for 120 is_decided
    kill -0 "$nginx_pid" 2> /dev/null && break
    nginx_pid=
  done
  if [ -z "$nginx_pid" ]; then
    diag "$(cat "$scratch/nginx.err")"
    skip_all 'nginx does not start'
  fi
  MUSTER_CONNECT_TO=api.cultureamp.com:443:127.0.0.1:$port
  MUSTER_CA_FILE=$sandbox_dir/ca.pem
  export MUSTER_CONNECT_TO MUSTER_CA_FILE
}
run() {
  "$muster" run culture_amp list_employees --credentials "$sandbox_dir/culture_amp.json" "$@"
}
# Requests of muster that nginx saw, not those that asked whether it is up.
seen() { grep -v ' /$' "$scratch/access.log"; }

begin --employees 20000
status 'a run' 0 run
is 'every employee' "$(wc -l < "$scratch/out")" 20000
is 'token and pages, all over HTTP/2' "$(seen | grep -cv '^HTTP/2.0 200 ')" 0
ok 'and they were seen' test "$(seen | wc -l)" -gt 5
cp "$scratch/out" "$scratch/whole"
status 'api' 0 "$muster" api culture_amp /v1/employees --credentials "$sandbox_dir/culture_amp.json"
like 'answers' "$(head -c 20 "$scratch/out")" '^\{"data":\['
status 'a limit ends it in the midst' 0 run --limit 10
is 'with as many as were wanted' "$(wc -l < "$scratch/out")" 10

begin --employees 20000 --fault expired_token=3
status 'a token that expires in the midst' 0 run
ok 'nothing is lost, nothing comes twice' cmp "$scratch/whole" "$scratch/out"
is 'two tokens were got' "$(seen | grep -c '/oauth2/token$')" 2
is 'over HTTP/2' "$(seen | grep -cv '^HTTP/2.0 ')" 0

begin --employees 20000 --fault gzip
status 'packed bodies' 0 run
ok 'are unpacked' cmp "$scratch/whole" "$scratch/out"

begin --employees 20000 --fault truncated_body@2-2
status 'a body that breaks off' 8 run
ok 'what came is the beginning' sh -c 'head -n "$(wc -l < "$1")" "$2" | cmp - "$1"' - "$scratch/out" "$scratch/whole"

# --- In little memory

# measured COMMAND…: with its peak in $scratch/took.
measured() { "$top_builddir/tests/cli/peak" "$scratch/took" 120 "$@"; }
little() {
  read -r kib _ < "$scratch/took"
  if [ "$kib" = unknown ] || grep -q '^#define MUSTER_RELAXED_JAIL' "$top_builddir/config.h"; then
    skip "$1: in little memory" 'measured by root alone, and without sanitizers'
  else
    diag "$1: $kib KiB"
    ok "$1: in little memory" test "$kib" -le 32768
  fi
}
begin --fault gzip_bomb
status 'a bomb' 6 measured "$muster" run culture_amp list_employees --credentials "$sandbox_dir/culture_amp.json"
little 'a bomb'

begin --employees 100000 --page-bytes 100000000
measured "$muster" run culture_amp list_employees --credentials "$sandbox_dir/culture_amp.json" | {
  sleep 1
  wc -l > "$scratch/out"
}
is 'one page of 45 MB for a late reader' "$(cat "$scratch/out")" 100000
little 'a late reader'

begin --employees 100000 --page-bytes 100000000 --fault gzip
measured "$muster" run culture_amp list_employees --credentials "$sandbox_dir/culture_amp.json" | {
  sleep 1
  wc -l > "$scratch/out"
}
is 'the same page packed' "$(cat "$scratch/out")" 100000
little 'packed'

done_testing
