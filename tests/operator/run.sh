#!/usr/bin/env bash
# run.sh ARGS…: the reference as an operator, with the Python of the test environment (CONFORMANCE_PYTHON).
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec "${CONFORMANCE_PYTHON:-python3}" -m tests.operator "$@"
