# shellcheck shell=bash
# A mover in plain bash, kopia and jq, written from the operator's contract alone; sourced by entry.sh.
# Each function is one step; tests/movers/wrong/ overrides one each.
set -euo pipefail
programs=(cut date find grep jq kopia mktemp realpath rm sed sha256sum) # pack.py puts these into the image, too

fail() { echo "ERROR: $*"; exit 1; }

setting() { local name="$1"; printf '%s' "${!name:-}"; }

username() { printf '%s' "$KOPIA_OVERRIDE_USERNAME"; }
hostname_() { printf '%s' "$KOPIA_OVERRIDE_HOSTNAME"; }
snapshot_path() { # as kopia cleans it
  local path
  path="$(realpath -ms -- "${KOPIA_SOURCE_PATH_OVERRIDE:-/data}")"
  printf '%s' "$path"
}
source_() { # kopia takes the text before a colon for an identity if it has an @
  case "$(snapshot_path)" in
    *@*) printf '%s@%s:%s' "$(username)" "$(hostname_)" "$(snapshot_path)" ;;
    *) snapshot_path ;;
  esac
}

location() { # bucket and prefix of s3://bucket/prefix
  local rest="${KOPIA_REPOSITORY%"${KOPIA_REPOSITORY##*[![:space:]]}"}" # a Secret may end with a newline
  case "$rest" in s3://*) rest="${rest#s3://}" ;; *) fail "KOPIA_REPOSITORY is no s3:// URL" ;; esac
  bucket="${KOPIA_S3_BUCKET:-${rest%%/*}}"
  prefix="" # without slashes around it: a store may drop one at the beginning, and then lists nothing under it
  case "$rest" in */*) prefix="$(sed -E 's,^/+|/+$,,g' <<<"${rest#*/}")" ;; esac
  [ -z "$prefix" ] || prefix="$prefix/"
}

announce() {
  echo "KOPIA_OVERRIDE_USERNAME=$KOPIA_OVERRIDE_USERNAME"
  echo "KOPIA_OVERRIDE_HOSTNAME=$KOPIA_OVERRIDE_HOSTNAME"
  echo "Using username override: $(username)"
  echo "Using hostname override: $(hostname_)"
}

identity_flags() { flags=("--override-username=$(username)" "--override-hostname=$(hostname_)"); }

loudly() { echo "+ $*"; "$@" 2>&1; }

cache_flags() { # a cache for each repository: kopia does not notice that a cache is that of another one
  local folder
  folder="$KOPIA_CACHE_DIR/kopia-$(printf '%s' "$1" | sha256sum | cut -c1-16)"
  cache=(--cache-directory="$folder" --disable-repository-format-cache)
}

open_with() { # connect | create
  local endpoint="${KOPIA_S3_ENDPOINT:-${AWS_S3_ENDPOINT:-s3.amazonaws.com}}"
  cache_flags "$endpoint/$bucket/$prefix"
  local args=(--bucket="$bucket" --endpoint="${endpoint#*://}" "${cache[@]}")
  [ -n "$prefix" ] && args+=(--prefix="$prefix")
  [ "${KOPIA_S3_DISABLE_TLS:-false}" = true ] && args+=(--disable-tls)
  [ "$1" = create ] && args+=(--format-block-key-derivation-algorithm=pbkdf2-sha256-600000)
  loudly kopia repository "$1" s3 "${args[@]}" "${flags[@]}"
}

open_repository() {
  location
  identity_flags
  local said
  if said="$(open_with connect)"; then echo "$said"; return; fi
  echo "$said"
  case "$1:$said" in
    backup:*"repository not initialized"*) open_with create || fail "the repository could not be created" ;;
    *) fail "the repository could not be opened" ;;
  esac
}

additional() { # the user's own arguments, one an element
  extra=()
  local left="${KOPIA_ADDITIONAL_ARGS:-}" separator='|VOLSYNC_ARG_SEP|'
  while [ -n "$left" ]; do
    extra+=("${left%%"$separator"*}")
    case "$left" in *"$separator"*) left="${left#*"$separator"}" ;; *) left="" ;; esac
  done
  local one
  for one in "${extra[@]}"; do # kopia takes other words for folders
    case "$one" in
      --stdin-file* | -- | -) fail "$one is no argument that this mover supports" ;;
      -*) ;;
      *) fail "the additional argument $one is no flag; write the value of a flag as --flag=value" ;;
    esac
  done
}

retention() { # [VALUE]: what is set for a backup must not outlive it
  keep=()
  local name value
  for name in HOURLY DAILY WEEKLY MONTHLY YEARLY LATEST; do
    value="$(setting "KOPIA_RETAIN_$name")"
    counts "KOPIA_RETAIN_$name"
    [ "$name" = YEARLY ] && name=ANNUAL
    [ -n "$value" ] && keep+=("--keep-${name,,}=${1:-$value}")
  done
  [ "${#keep[@]}" -eq 0 ] || loudly kopia policy set "$(source_)" "${keep[@]}" || fail "no retention policy"
}

take_snapshot() {
  local said
  echo "Creating snapshot for $(username)@$(hostname_):$(snapshot_path)"
  said="$(loudly kopia snapshot create --no-progress "${extra[@]}" --override-source="$(source_)" "$DATA_DIR")" || {
    echo "$said"
    fail "the snapshot could not be created"
  }
  echo "$said"
  case "$said" in *"Created partial snapshot"*) fail "the snapshot lacks files" ;; esac
}

list_all() { # a backup that was cut off leaves a snapshot that lacks files
  kopia snapshot list --all --json | jq -c '[.[] | select((.incomplete // "") == "")]'
}

discover() {
  [ "${KOPIA_DISCOVER_SNAPSHOTS:-}" = true ] || return 0
  echo "=== Discovery Mode: Available Snapshots ==="
  jq -c '.[] | {id, userName: .source.userName, hostName: .source.host, path: .source.path, startTime, endTime}' <<<"$all"
  echo "=== End Discovery Mode ==="
}

own() { # the snapshots of this job's identity and path
  jq -c --arg user "$(username)" --arg host "$(hostname_)" --arg path "$(snapshot_path)" \
    '[.[] | select(.source.userName == $user and .source.host == $host and .source.path == $path)]' <<<"$all"
}

instant='def instant: capture("^(?<whole>[^.Z]+)(?<part>[.][0-9]+)?Z$")
  | [(.whole + "Z" | fromdateiso8601), ("0" + (.part // ".0") | tonumber)];'

not_after() { # those that ended at or before an instant, whatever its offset and fraction
  local whole part
  read -r whole part < <(date -u -d "$1" +"%s 0.%N")
  jq -c --argjson limit "[$whole, $part]" "$instant"'[.[] | select((.endTime | instant) <= $limit)]' <<<"$history"
}

newest_first() { jq -c "$instant"'sort_by(.endTime | instant) | reverse' <<<"$history"; }

counts() { # a variable that has to be a whole number of at least 0
  case "$(setting "$1")" in *[!0-9]*) fail "$1 is $(setting "$1"), which is no whole number" ;; esac
}

instant_() { # restoreAsOf in RFC 3339; date understands words, too
  local form='^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$'
  [ -z "${KOPIA_RESTORE_AS_OF:-}" ] || [[ "$KOPIA_RESTORE_AS_OF" =~ $form ]] ||
    fail "KOPIA_RESTORE_AS_OF is $KOPIA_RESTORE_AS_OF, which is no instant with a time zone"
}

choose() {
  instant_
  counts KOPIA_PREVIOUS
  counts KOPIA_SHALLOW
  history="$(own)"
  total="$(jq length <<<"$history")"
  [ -n "${KOPIA_RESTORE_AS_OF:-}" ] && history="$(not_after "$KOPIA_RESTORE_AS_OF")"
  history="$(newest_first)"
  [ -n "${KOPIA_SHALLOW:-}" ] && [ "$KOPIA_SHALLOW" -gt 0 ] && history="$(jq -c ".[:$KOPIA_SHALLOW]" <<<"$history")"
  chosen="$(jq -r ".[${KOPIA_PREVIOUS:-0}].id // empty" <<<"$history")"
}

nothing_found() {
  local who
  who="$(username)@$(hostname_):$(snapshot_path)"
  [ "$total" -eq 0 ] && fail "No snapshot found for $who"
  fail "$who has $total snapshots; the one asked for is none of them"
}

empty_volume() {
  [ "${KOPIA_ENABLE_FILE_DELETION:-}" = true ] || return 0
  find "$DATA_DIR" -mindepth 1 -maxdepth 1 ! -name 'lost+found' -exec rm -rf {} +
}

make_way() { # kopia writes through a link that is in the place of a file or folder
  local one
  find "$DATA_DIR" -type l >"$work/links"
  [ -s "$work/links" ] || return 0
  kopia ls --recursive "$chosen" >"$work/paths" || fail "the files of $chosen could not be listed"
  while IFS= read -r one; do
    if grep -Fxq -e "$chosen${one#"$DATA_DIR"}" -e "$chosen${one#"$DATA_DIR"}/" "$work/paths"; then rm -f "$one"; fi
  done <"$work/links"
}

restore_chosen() {
  loudly kopia snapshot restore --no-progress "${extra[@]}" "$chosen" "$DATA_DIR" || fail "the restore did not succeed"
}

backup() {
  open_repository backup
  additional
  retention
  take_snapshot
  retention inherit
}

restore() {
  open_repository restore
  additional
  all="$(list_all)" || fail "the snapshots could not be listed"
  discover
  choose
  [ -n "$chosen" ] || nothing_found
  empty_volume
  make_way
  restore_chosen
}

main() {
  local program
  for program in "${programs[@]}"; do
    type -P "$program" >/dev/null || fail "this mover needs $program, which is not on its PATH"
  done
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  export KOPIA_CONFIG_PATH="$work/repository.config" KOPIA_LOG_DIR="$work/logs"
  export KOPIA_CHECK_FOR_UPDATES=false KOPIA_PERSIST_CREDENTIALS_ON_CONNECT=false
  local name
  for name in KOPIA_REPOSITORY KOPIA_PASSWORD AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; do
    case "$(setting "$name")" in *[![:space:]]*) ;; *) fail "the repository Secret lacks $name" ;; esac
  done
  for name in KOPIA_OVERRIDE_USERNAME KOPIA_OVERRIDE_HOSTNAME DATA_DIR; do
    [ -n "$(setting "$name")" ] || fail "the Job lacks $name"
  done
  announce
  case "${1:-}" in
    backup) backup ;;
    restore) restore ;;
    *) fail "unknown argument ${1:-}" ;;
  esac
}
