# What scripts/demo, scripts/test and .ci/run share. Sourced by them, not run.
# shellcheck shell=sh disable=SC2034

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build
stage=$build/stage
jobs=$(nproc 2> /dev/null || echo 2)
LC_ALL=C.UTF-8
MUSTER_OIDC_DIR=$build/oidc # what tests/oidc/install.sh installs, for all builds
export LC_ALL MUSTER_OIDC_DIR

heading() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    printf '\n\033[1m%s\033[0m\n' "$*"
  else
    printf '\n%s\n' "$*"
  fi
}

# quietly LOG COMMAND…: the output goes to LOG, and is shown only when COMMAND fails.
quietly() {
  quietly_log=$1
  shift
  mkdir -p "$(dirname "$quietly_log")"
  if ! "$@" > "$quietly_log" 2>&1; then
    printf '%s failed. The end of %s:\n\n' "$*" "$quietly_log"
    tail -n 40 "$quietly_log"
    return 1
  fi
}

# prepare [--tests]: what is missing is installed, and there is a configure script.
prepare() {
  mkdir -p "$build"
  "$root/scripts/install-deps" --stamp "$build/packages" "$@"
  if [ ! -x "$root/configure" ]; then
    echo 'Making the configure script.'
    (cd "$root" && quietly "$build/autoreconf.log" autoreconf -fi)
  fi
}

# configure DIR OPTION…: configures in DIR, unless that was done since packages were last installed.
configure() {
  configure_dir=$1
  shift
  mkdir -p "$configure_dir"
  if [ -n "$(find "$configure_dir/config.status" -newer "$build/packages" 2> /dev/null)" ]; then
    return 0
  fi
  echo "Configuring in ${configure_dir#"$root/"}."
  (cd "$configure_dir" && quietly "$configure_dir/configure.log" "$root/configure" "$@")
}

# --- Counting -----------------------------------------------------------------------------------

passed=0
failed=0
skipped=0

# check NAME COMMAND…: one check. Exit status 77 means that it was skipped.
check() {
  check_name=$1
  check_log=$build/checks/$(printf '%s' "$1" | tr -c 'a-zA-Z0-9\n' '-').log
  shift
  mkdir -p "$build/checks"
  check_status=0
  "$@" > "$check_log" 2>&1 < /dev/null || check_status=$?
  case $check_status in
  0)
    passed=$((passed + 1))
    printf 'passed   %s\n' "$check_name"
    ;;
  77)
    skipped=$((skipped + 1))
    printf 'skipped  %s: %s\n' "$check_name" "$(tail -n 1 "$check_log")"
    ;;
  *)
    failed=$((failed + 1))
    printf 'FAILED   %s (status %s). The end of %s:\n\n' "$check_name" "$check_status" "$check_log"
    grep -v '^ok ' "$check_log" | tail -n 60
    echo
    ;;
  esac
}

# check_tap NAME DIR [MAKE-ARGUMENT…]: make check in DIR, counted as automake's summary says. A make
# that fails without a failed test (nothing was built) is one failure itself.
check_tap() {
  tap_name=$1
  tap_dir=$2
  tap_log=$tap_dir/check.log
  shift 2
  tap_status=0
  make -C "$tap_dir" -j"$jobs" check "$@" > "$tap_log" 2>&1 < /dev/null || tap_status=$?
  set -- "$(tap_sum PASS)" "$(tap_sum XFAIL)" "$(tap_sum FAIL)" "$(tap_sum XPASS)" \
    "$(tap_sum ERROR)" "$(tap_sum SKIP)"
  tap_failed=$(($3 + $4 + $5))
  if [ "$tap_status" -ne 0 ] && [ "$tap_failed" -eq 0 ]; then
    tap_failed=1
    tail -n 60 "$tap_log"
  fi
  passed=$((passed + $1 + $2))
  failed=$((failed + tap_failed))
  skipped=$((skipped + $6))
  if [ "$tap_failed" -ne 0 ]; then
    printf 'FAILED   %s: %s passed, %s failed, %s skipped. See %s\n\n' "$tap_name" "$(($1 + $2))" \
      "$tap_failed" "$6" "$tap_log"
    tap_failures
  else
    printf 'passed   %s: %s passed, %s skipped\n' "$tap_name" "$(($1 + $2))" "$6"
  fi
}

# A figure of the summary that automake prints at the end, 0 if there is none.
tap_sum() {
  sed -n "s/^# $1: *\\([0-9][0-9]*\\)\$/\\1/p" "$tap_log" | tail -n 1 | grep . || echo 0
}

# The tests that failed, and the end of what each of them printed.
tap_failures() {
  grep -E '^(FAIL|ERROR|XPASS): ' "$tap_log" || true
  sed -n -E 's/^(FAIL|ERROR|XPASS): ([^ ]+).*/\2/p' "$tap_log" | sed 's/\.sh$//' | sort -u |
    while read -r tap_test; do
      [ -f "$tap_dir/$tap_test.log" ] || continue
      printf '\n--- the end of %s\n' "$tap_dir/$tap_test.log"
      grep -v '^ok ' "$tap_dir/$tap_test.log" | tail -n 40
    done
  echo
}

# The last line, and the exit status that belongs to it.
summary() {
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}
