# A million employees, and one page of 300 MB: each employee once, in order, in little memory.
# shellcheck disable=SC2016,SC2154 # what an inner shell expands; scratch is of tap.sh
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

muster=${top_builddir:?}/host/muster
[ -x "$top_builddir/host/muster-sandbox" ] ||
  skip_all 'muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev'
[ -e "$top_builddir/plugins/.libs/culture_amp.so" ] || skip_all 'the connector was not built'
TMPDIR=$scratch
XDG_CACHE_HOME=$scratch/cache
export TMPDIR XDG_CACHE_HOME muster

memory_max_kib=32768
many=1000000
of_a_page=700000 # of 450 bytes each
if grep -q '^#define MUSTER_RELAXED_JAIL' "$top_builddir/config.h"; then
  memory_max_kib= # sanitizers have their own idea of memory, and their own pace
  many=50000
  of_a_page=50000
fi

# Counts the employees. Nearly every one has his number of the sandbox in e-mail address or employee number.
cat > "$scratch/count.awk" << 'COUNT'
{
  at = match($0, /\.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]@/)
  if (!at)
    at = match($0, /E[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]"/)
  if (at && substr($0, at + 1, 8) + 0 != NR - 1 && !wrong)
    wrong = NR
  numbered += at > 0
}
END { print NR, wrong + 0, (numbered * 2 > NR ? "numbered" : "not numbered") }
COUNT

# volume NAME EMPLOYEES PAGE-BYTES [OPTION…]
volume() {
  name=$1
  employees=$2
  page=$3
  shift 3
  status "$name" 0 "$muster" sandbox --employees "$employees" --page-bytes "$page" -- sh -c '
    scratch=$1
    shift
    {
      "$top_builddir/tests/cli/peak" "$scratch/took" 300 "$muster" run culture_amp list_employees \
        --credentials "$MUSTER_SANDBOX_DIR/culture_amp.json" "$@"
      echo "$?" > "$scratch/ended"
    } | awk -f "$scratch/count.awk"
    exit "$(cat "$scratch/ended")"' - "$scratch" "$@"
  is "$name: every employee once, in order" "$(cat "$scratch/out")" "$employees 0 numbered"
  read -r kib ms < "$scratch/took"
  diag "$name: $kib KiB, $ms ms"
  if [ -z "$memory_max_kib" ] || [ "$kib" = unknown ]; then
    skip "$name: memory" 'measured by root alone, and without sanitizers'
  else
    ok "$name: memory" test "$kib" -le "$memory_max_kib"
  fi
}

volume 'a thousand' 1000 1000000
volume 'a million' "$many" 1000000
volume 'one page of 300 MB' "$of_a_page" 2000000000
volume 'the same page as it came' "$of_a_page" 2000000000 --raw

done_testing
