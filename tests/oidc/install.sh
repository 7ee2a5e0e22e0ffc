#!/bin/sh
# install.sh FOLDER: the authorization server that oidc.sh links against, from npm into FOLDER, unless it is there
# already; and a node of npm's where this machine has none that is new enough.
set -eu

source=$(cd "$(dirname "$0")" && pwd)
folder=$1
needed=22

if cmp -s "$source/package-lock.json" "$folder/installed"; then
  exit 0
fi
if ! command -v npm > /dev/null; then
  echo 'npm is missing: install npm'
  exit 1
fi

own=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
omit=
[ "${own:-0}" -lt "$needed" ] || omit=--omit=optional

mkdir -p "$folder"
cp "$source/package.json" "$source/package-lock.json" "$folder"
cd "$folder"
# shellcheck disable=SC2086 # one word or none
npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier $omit
cp package-lock.json installed # last: it says that all is there
