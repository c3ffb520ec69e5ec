#!/usr/bin/env bash
# The connection is kept on the cache volume and used again, with the identity and the bucket of the first run.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

eval "$(declare -f open_repository | sed '1s/open_repository/connect_anew/')"
open_repository() {
  export KOPIA_CONFIG_PATH="$KOPIA_CACHE_DIR/repository.config"
  if [ -f "$KOPIA_CONFIG_PATH" ] && kopia repository status >/dev/null 2>&1; then
    echo "Already connected to the repository"
    return
  fi
  connect_anew "$1"
}

main "$@"
