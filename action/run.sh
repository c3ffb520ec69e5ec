#!/usr/bin/env bash
# The step of the GitHub Action (action.yml): run the suite and report the result to the job.
# Inputs: INPUT_*, GITHUB_ACTION_PATH, GITHUB_WORKSPACE, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY. Exit status: that of the suite.
set -uo pipefail

suite="${GITHUB_ACTION_PATH:?names the checkout of the suite}"
workspace="${GITHUB_WORKSPACE:-$PWD}"
python="${INPUT_PYTHON:-python3}"
environment="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/volsync-kopia-conformance-venv"

# A path of an input is relative to the workspace, but the suite runs in its own folder.
from_workspace() {
  case "$1" in
    /* | "") printf '%s' "$1" ;;
    *) if [ -e "$workspace/$1" ]; then printf '%s' "$workspace/$1"; else printf '%s' "$1"; fi ;;
  esac
}

arguments=(--subject "$(from_workspace "${INPUT_SUBJECT:-reference}")")
[ -n "${INPUT_KOPIA:-}" ] && arguments+=(--kopia "$(from_workspace "$INPUT_KOPIA")")
[ -n "${INPUT_DEFAULT_USERNAME:-}" ] && arguments+=(--default-username "$INPUT_DEFAULT_USERNAME")
[ -n "${INPUT_CUSTOM_NAMES:-}" ] && arguments+=(--custom-names "$INPUT_CUSTOM_NAMES")
if [ -n "${INPUT_ARGS:-}" ]; then
  # Split as a shell does, but expand and run nothing: the input is data.
  split='import shlex, sys; sys.stdout.write("".join(word + "\0" for word in shlex.split(sys.argv[1])))'
  if ! "$python" -c "$split" "$INPUT_ARGS" >/dev/null 2>&1; then
    echo "::error::args: $INPUT_ARGS: a quote is not closed; write the arguments as on a command line"
    exit 4
  fi
  while IFS= read -r -d '' word; do arguments+=("$word"); done < <("$python" -c "$split" "$INPUT_ARGS")
fi

rm -rf "$suite/reports"
status=3
if "$python" -m venv "$environment" && "$environment/bin/pip" install --quiet tox; then
  (cd "$suite" && "$environment/bin/tox" -e conformance -- "${arguments[@]}")
  status=$?
else
  echo "::error::$python could not create a virtual environment with tox, so the verdict is unknown; check the input python"
fi
"$python" "$suite/action/summary.py" "$suite/reports" "$status"
exit $?
