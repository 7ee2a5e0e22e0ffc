# shellcheck shell=sh
# What a secret may look like where it does not belong. For the shell tests; needs jq.

# base64_inside TEXT: what is certain of its base64 wherever it begins and ends in what is encoded.
base64_inside() {
  printf '%s' "$1" | base64 -w 0 | sed 's/=*$//; s/..$//'
  echo
  printf 'a%s' "$1" | base64 -w 0 | sed 's/^..//; s/=*$//; s/..$//'
  echo
  printf 'ab%s' "$1" | base64 -w 0 | sed 's/^...//; s/=*$//; s/..$//'
  echo
}

# forms TEXT: raw, percent-encoded, as JSON and as JSON in JSON, base64 and base64url; one a line.
forms() {
  printf '%s\n' "$1"
  printf '%s' "$1" | jq -sRr '@uri, (@json | .[1:-1]), (@json | @json | .[1:-1] | .[2:-2])'
  base64_inside "$1"
  base64_inside "$1" | tr '+/' '-_'
}
