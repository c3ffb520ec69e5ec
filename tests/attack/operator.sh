#!/usr/bin/env bash
# operator.sh NAME [OPTIONS]: a wrong operator of operators.py, with the Python named by CONFORMANCE_PYTHON.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec "${CONFORMANCE_PYTHON:-python3}" -m tests.attack.operators "$@"
