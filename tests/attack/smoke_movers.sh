#!/usr/bin/env bash
# smoke_movers.sh KOPIA [NAME...]: shows for each wrong mover that it differs from the right one, by one probe each.
# Repositories are folders: a wrapper of kopia puts `filesystem` in the place of `s3`.
# shellcheck disable=SC2030,SC2031
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
KOPIA="$(realpath "$1")"; shift
top="$(mktemp -d)"
trap 'rm -rf "$top"' EXIT
mkdir "$top/bin"
cat >"$top/bin/kopia" <<W
#!/usr/bin/env bash
printf '%s\n' "kopia \$*" >>"$top/lines"
if [ "\$1" = repository ] && [ "\${3:-}" = s3 ]; then
  verb="\$2"; shift 3; rest=(); at="$top/stores/"
  for one in "\$@"; do case "\$one" in
    --bucket=*) at+="\${one#*=}/" ;; --prefix=*) at+="\${one#*=}" ;; --endpoint=* | --disable-tls) ;; *) rest+=("\$one") ;;
  esac; done
  mkdir -p "\$at"
  exec -a kopia "$KOPIA" repository "\$verb" filesystem --path="\$at" "\${rest[@]}"
fi
exec -a kopia "$KOPIA" "\$@"
W
cat >"$top/bin/expr" <<W
#!/usr/bin/env bash
printf '%s\n' "expr \$*" >>"$top/lines"
exec /usr/bin/expr "\$@"
W
chmod +x "$top/bin"/*
export PATH="$top/bin:$PATH" KOPIA_CHECK_FOR_UPDATES=false AWS_ACCESS_KEY_ID=id AWS_SECRET_ACCESS_KEY=key
export KOPIA_S3_ENDPOINT=127.0.0.1:1 KOPIA_OVERRIDE_USERNAME=app KOPIA_OVERRIDE_HOSTNAME=prod
vol="$top/volume"

mover() { # the mover under probe, with more environment: mover backup A=B ...
  local action="$1"; shift
  env DATA_DIR="$vol" KOPIA_CACHE_DIR="$top/cache" KOPIA_PASSWORD="${PASSWORD:-pass-word}" \
    KOPIA_REPOSITORY="${REPO:-s3://bucket}" "$@" timeout 8 bash "$file" "$action" >"$top/log" 2>&1
  echo "$action: exit $?"
}
right() { local file="$here/../movers/entry.sh"; mover "$@"; }
say() { rm -rf "${vol:?}"; mkdir -p "$vol"; echo "$1" >"$vol/file"; }
show() { (cd "$vol" && find . -mindepth 1 -printf '%y %m %p\n' -type f -exec cat {} \; | sort); }
three() { for text in one two three; do say "$text"; right backup "$@"; done; say extra; mv "$vol/file" "$vol/extra"; }
all() { # what stands in the repository, seen by another client
  (export KOPIA_CONFIG_PATH="$top/observer" KOPIA_PASSWORD="${PASSWORD:-pass-word}"
  kopia repository connect filesystem --path="$top/stores/${1:-bucket}" --no-persist-credentials >/dev/null 2>&1 || { echo "cannot connect"; exit; }
  kopia snapshot list --all --json | jq -r "${2:-.[] | \"\(.source.userName) \(.source.host) \(.source.path)\"}"); }

probe() {
  case "$1" in
    as-of-cuts-fraction)
      three >/dev/null; as_of="$(all bucket '.[-1].endTime')"; echo "$as_of" >&2
      mover restore KOPIA_RESTORE_AS_OF="$(date -u -d "$as_of - 0.001 sec" +%FT%T.%NZ 2>/dev/null || date -u -d "${as_of%.*}Z" +%FT%T.000000001Z)"; show ;;
    previous-before-as-of)
      three >/dev/null; at="$(all bucket '.[1].endTime')"
      mover restore KOPIA_RESTORE_AS_OF="$at" KOPIA_PREVIOUS=1; show ;;
    shallow-before-identity)
      say own; right backup; say other; right backup KOPIA_OVERRIDE_USERNAME=other
      mover restore KOPIA_SHALLOW=1; show ;;
    deletion-keeps-dotfiles)
      say one; right backup; say x; mv "$vol/file" "$vol/.old"; mover restore KOPIA_ENABLE_FILE_DELETION=true; show ;;
    deletion-before-choice)
      say one; right backup; say x; mover restore KOPIA_ENABLE_FILE_DELETION=true KOPIA_OVERRIDE_USERNAME=nobody; show ;;
    args-resplit)
      say one; mover backup; mover restore; mover backup KOPIA_ADDITIONAL_ARGS='--description=two words|VOLSYNC_ARG_SEP|--tags=a:b'; all bucket '.[].description' ;;
    args-retried-without)
      say one; mover backup KOPIA_ADDITIONAL_ARGS='--override-username=x'; all ;;
    path-override-ignored-on-restore)
      say one; mover backup KOPIA_SOURCE_PATH_OVERRIDE=/srv; say x; mover restore KOPIA_SOURCE_PATH_OVERRIDE=/srv; show ;;
    prefix-first-segment)
      say one; REPO=s3://bucket/team/app1 mover backup; say x; REPO=s3://bucket/team/app2 mover restore; show ;;
    config-kept-in-cache)
      say one; mover backup; mover backup KOPIA_OVERRIDE_USERNAME=renamed; all ;;
    backup-leaves-marker) say one; mover backup; show ;;
    restore-follows-links)
      say one; ln -s file "$vol/link"; ln -s nowhere "$vol/dangling"; right backup; say x; mover restore; show ;;
    restore-skips-existing) say one; right backup; say "one, changed"; mover restore; show ;;
    password-in-process) : >"$top/lines"; say one; mover backup; grep -c pass-word "$top/lines" ;;
    token-in-log)
      say one; mover backup; grep -oE 'token [A-Za-z0-9_-]{40,}' "$top/log" | cut -c7- | tr '_-' '/+' | base64 -d 2>/dev/null | grep -c pass-word ;;
    incomplete-too) # the plain mover takes them, too: kopia lists them in JSON whatever --incomplete says
      say whole; right backup; for n in $(seq 12); do head -c 3000000 /dev/urandom >"$vol/big$n"; done
      right backup KOPIA_ADDITIONAL_ARGS=--upload-limit-mb=4
      all bucket '.[].incomplete'; say x; mover restore KOPIA_DISCOVER_SNAPSHOTS=true; grep -c '^{"id"' "$top/log" ;;
    host-prefix-match)
      say theirs; right backup KOPIA_OVERRIDE_HOSTNAME=production; say x; mover restore; show ;;
    any-path)
      say one; right backup; say other; right backup KOPIA_SOURCE_PATH_OVERRIDE=/srv; mover restore; show ;;
    override-at-snapshot)
      : >"$top/lines"; say one; mover backup KOPIA_OVERRIDE_USERNAME=user@company.com; all; grep -c 'connect.*override-username' "$top/lines" ;;
    discovery-skips-at)
      say one; right backup KOPIA_OVERRIDE_USERNAME=user@company.com; right backup
      mover restore KOPIA_DISCOVER_SNAPSHOTS=true; grep -c '^{"id"' "$top/log" ;;
    discovery-newest-hundred)
      say one; right backup
      for n in $(seq 101); do # as an administrator, past the mover
        printf 'snapshot create --override-source=old@prod:/data --no-progress %s\n' "$vol"; done >"$top/many"
      (export KOPIA_CONFIG_PATH="$top/observer" KOPIA_PASSWORD=pass-word
      kopia repository connect filesystem --path="$top/stores/bucket" --no-persist-credentials
      kopia policy set --global --keep-latest=500
      while read -ra line; do "$KOPIA" "${line[@]}"; done <"$top/many") >/dev/null 2>&1
      mover restore KOPIA_DISCOVER_SNAPSHOTS=true; grep -c '^{"id"' "$top/log" ;;
    hang-on-unknown) say one; right backup; mover restore KOPIA_OVERRIDE_USERNAME=nobody ;;
    restore-failure-ignored) say one; right backup; mover restore KOPIA_ADDITIONAL_ARGS=--no-such-flag ;;
    prune-by-host)
      three KOPIA_OVERRIDE_USERNAME=other; mover backup KOPIA_RETAIN_LATEST=1; all ;;
    password-mangled) say one; PASSWORD='pa\ss word ' mover backup; PASSWORD='pa\ss word ' all ;;
  esac
}

bad=0
names=("$@")
[ "$#" -gt 0 ] || mapfile -t names < <(basename -s .sh "$here"/movers/*.sh)
for name in "${names[@]}"; do
  for which in right wrong; do
    rm -rf "$top/stores" "$top/cache" "$top/observer"; mkdir -p "$top/stores" "$top/cache"
    file="$here/../movers/entry.sh"; [ "$which" = wrong ] && file="$here/movers/$name.sh"
    probe "$name" >"$top/$which" 2>"$top/$which.err"
  done
  if cmp -s "$top/right" "$top/wrong"; then bad=1; echo "SAME $name"; cat "$top/right" "$top/wrong.err" "$top/log"; else
    echo "differs $name"; diff "$top/right" "$top/wrong" | grep -a '^[<>]' | head -8; fi
done
exit "$bad"
