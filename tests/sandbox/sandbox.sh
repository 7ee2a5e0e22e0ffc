# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # some names are those of tap.sh and make
# For the tests of the sandbox: a sandbox of their own, and curl to talk to it. Source it after tap.sh.

need curl curl
need jq jq

sandbox_program=${top_builddir:?}/host/muster-sandbox
sandbox_entity=8ed17dce-9eca-4383-a9e1-54f82c362b6d
sandbox_api=https://api.cultureamp.com/v1
sandbox_pid=
sandbox_dir=
sandbox_count=0
sandbox_broken=
at_exit 'sandbox_stop; [ -z "$sandbox_broken" ] || tap_status=99'

[ -x "$sandbox_program" ] || skip_all "muster-sandbox was not built: install libmicrohttpd-dev and libgnutls28-dev"

# Whether it is up, or will never be.
sandbox_decided() {
	[ -e "$sandbox_dir/ready" ] || ! kill -0 "$sandbox_pid" 2>/dev/null
}

# sandbox_start [OPTION…]: a new one in place of the last; $sandbox_dir is its folder.
sandbox_start() {
	sandbox_stop
	sandbox_count=$((sandbox_count + 1))
	sandbox_dir=$scratch/sandbox$sandbox_count
	"$sandbox_program" --dir "$sandbox_dir" --json "$@" >"$scratch/sandbox.out" 2>&1 &
	sandbox_pid=$!
	wait_for 120 sandbox_decided
	if [ ! -e "$sandbox_dir/ready" ]; then
		echo "Bail out! the sandbox does not start: $(cat "$scratch/sandbox.out")"
		exit 99
	fi
	sandbox_to=$(jq -r .connect_to "$sandbox_dir/ready")
	sandbox_map=::127.0.0.1:$(jq -r .port "$sandbox_dir/ready") # for curl: every host, every port
	sandbox_id=$(jq -r .client_id "$sandbox_dir/culture_amp.json")
	sandbox_secret=$(jq -r .client_secret "$sandbox_dir/culture_amp.json")
	sandbox_token=
}

sandbox_stop() {
	[ -n "$sandbox_pid" ] || return 0
	kill "$sandbox_pid" 2>/dev/null
	if ! wait "$sandbox_pid"; then
		sandbox_broken=yes
		diag "the sandbox ended badly: $(cat "$scratch/sandbox.out")"
	fi
	sandbox_pid=
}

# fetch ARGUMENT…: curl with the sandbox in the place of the providers.
fetch() {
	curl -sS --max-time 60 --cacert "$sandbox_dir/ca.pem" --connect-to "$sandbox_map" "$@"
}

# token_request [ARGUMENT…]: POST to the token endpoint; the body goes to stdout, the status follows in a line
# of its own.
token_request() {
	fetch -w '\n%{http_code}\n' "$@" "$sandbox_api/oauth2/token"
}

# token PERMISSIONS: the answer for the right credentials.
token() {
	token_request -d grant_type=client_credentials --data-urlencode "client_id=$sandbox_id" \
		--data-urlencode "client_secret=$sandbox_secret" \
		--data-urlencode "scope=target-entity:$sandbox_entity:$1"
}

# sign_in PERMISSIONS: $sandbox_token is then a token for these, or for all.
sign_in() {
	sign_in_permissions=$1
	[ "$1" != all ] ||
		sign_in_permissions=employees-read,employee-demographics-read,performance-evaluations-read
	sandbox_token=$(token "$sign_in_permissions" | head -n 1 | jq -r .access_token 2>/dev/null)
}

# get PATH [ARGUMENT…]: an API call; the body is left in $scratch/body, the head in $scratch/head, the status
# printed, 000 when there was no answer. Returns curl's status.
get() {
	get_path=$1
	shift
	rm -f "$scratch/body" "$scratch/head"
	fetch -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' \
		-H "Authorization: Bearer $sandbox_token" "$@" "$sandbox_api$get_path" 2>"$scratch/curl.err"
}

# walk PATH: all records of a list, one a line, by the cursors; the number of pages goes to $scratch/pages.
walk() {
	walk_next=$1
	walk_pages=0
	while [ -n "$walk_next" ]; do
		get "$walk_next" >/dev/null || return 1
		jq -c '.data[]' "$scratch/body" || return 1
		walk_pages=$((walk_pages + 1))
		walk_next=$(jq -r '.pagination.nextPath // "" | ltrimstr("/v1")' "$scratch/body")
	done
	echo "$walk_pages" >"$scratch/pages"
}

# shape NAME FILTER FIXTURE: every record of the last body has all that the fixture requires, nothing that it
# does not know, and the right types. A line of the fixture is a path and its types; a '?' marks what may be
# absent.
shape() {
	jq -c "[$2 | [paths(type != \"object\" and type != \"array\") as \$p |
		{key: (\$p|map(select(type == \"string\"))|join(\".\")), value: (getpath(\$p)|type)}] |
		unique]" "$scratch/body" >"$scratch/got"
	printf '%s\n' "$3" | jq -Rn '[inputs|select(length > 0)|split(" ")|{key: .[0], value: .[1:]}]' \
		>"$scratch/wanted"
	ok "$1" jq -en --slurpfile got "$scratch/got" --slurpfile wanted "$scratch/wanted" '
		($wanted[0]|map({(.key|rtrimstr("?")): .value})|add) as $types |
		[$wanted[0][]|select(.key|endswith("?")|not).key] as $needed |
		($got[0]|length > 0) and all($got[0][];
			all(.[]; .value as $t | ($types[.key] // [])|index($t) != null) and
			($needed - map(.key) == []))'
}
