#!/bin/sh
# The SDK header compiles with whatever compiler an integrator has, without a warning or a padded struct; and so do
# the connectors, which are its examples.
set -u
source=${top_srcdir:-.}/tests/plugins/header.c
flags="-I${top_srcdir:-.}/sdk/include -Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers -fsyntax-only"
number=0

# try COMPILER FLAGS…
# shellcheck disable=SC2086 # several flags
try() {
  number=$((number + 1))
  if ! command -v "$1" >/dev/null 2>&1; then
  	echo "ok $number - $* # SKIP $1 is not here"
  elif output=$("$@" $flags "$source" 2>&1); then
  	echo "ok $number - $(basename "$source"): $*"
  else
  	echo "not ok $number - $(basename "$source"): $*"
  	echo "$output" | sed 's/^/# /'
  fi
}

try gcc -std=c11 -Wpadded
try gcc -std=c17 -Wpadded
try clang -std=c11 -Wpadded
try g++ -std=c++20 -x c++ -Wpadded
try clang++ -std=c++20 -x c++ -Wpadded
for source in "${top_srcdir:-.}"/plugins/*/*.c; do
  try gcc -std=c11
  try g++ -std=c++20 -x c++
done
echo "1..$number"
