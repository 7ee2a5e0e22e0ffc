#!/bin/sh
# person.sh DECISION URL: the person whom muster asks for consent, and their browser. Opens the page, decides (allow,
# people, deny), and goes where that leads: to muster's own listener, or, where there is none, to an address that is
# printed for muster to read. OIDC_FOLDER and OIDC_MAP say where the pages are.
set -eu

decision=$1
url=$2
folder=${OIDC_FOLDER:?}
jar=$(mktemp "$folder/jar.XXXXXX")
trap 'rm -f "$jar"' EXIT

# go ARGUMENT…: prints where the answer leads.
go() {
  curl -sS --max-time 30 --cacert "$folder/cert.pem" --connect-to "${OIDC_MAP:?}" -b "$jar" -c "$jar" -o /dev/null \
    -w '%{redirect_url}' "$@"
}

while :; do
  case $url in
  https://auth.example.com/interaction/*) url=$(go -d "decision=$decision" "$url") ;;
  https://auth.example.com/*) url=$(go "$url") ;;
  http://127.0.0.1:*)
    curl -sS --max-time 30 --noproxy '*' -o "$folder/last_page" "$url"
    exit
    ;;
  *)
    printf '%s\n' "$url"
    exit
    ;;
  esac
done
