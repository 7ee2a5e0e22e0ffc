# The manual page says what the program's own help says.
# shellcheck source=tests/tap.sh
. "${top_srcdir:?}/tests/tap.sh"

sh "$top_srcdir/scripts/make-man" "${top_builddir:?}/host/muster" > "$scratch/muster.1"
ok 'doc/muster.1 is what scripts/make-man prints' diff "$top_srcdir/doc/muster.1" "$scratch/muster.1"
unlike 'no exit status is without a code' "$(cat "$scratch/muster.1")" '^Codes: \.$'
if command -v man > /dev/null; then
  is 'man has nothing to say against it' "$(man --warnings -l "$scratch/muster.1" 2>&1 > /dev/null)" ''
else
  skip 'man has nothing to say against it' 'there is no man(1)'
fi

done_testing
