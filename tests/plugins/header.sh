#!/bin/sh
# The SDK header compiles with whatever compiler an integrator has, without a warning or a padded struct.
set -u
source=${top_srcdir:-.}/tests/plugins/header.c
flags="-I${top_srcdir:-.}/sdk/include -Wall -Wextra -Wpedantic -Wpadded -Werror -Wno-missing-field-initializers -fsyntax-only"
number=0

# try COMPILER FLAGS…
# shellcheck disable=SC2086 # several flags
try() {
  number=$((number + 1))
  if ! command -v "$1" >/dev/null 2>&1; then
  	echo "ok $number - $* # SKIP $1 is not here"
  elif output=$("$@" $flags "$source" 2>&1); then
  	echo "ok $number - $*"
  else
  	echo "not ok $number - $*"
  	echo "$output" | sed 's/^/# /'
  fi
}

echo 1..5
try gcc -std=c11
try gcc -std=c17
try clang -std=c11
try g++ -std=c++20 -x c++
try clang++ -std=c++20 -x c++
