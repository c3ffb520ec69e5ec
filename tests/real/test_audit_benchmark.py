"""The audit of a large organisation, as issue 15 bounds it: time on the processor and memory."""

import json
import time
import tracemalloc

import yaml

from harness.cli.audit import main
from tests.unit.audit_world import large


def test_a_large_organisation_is_fast_and_small(tmp_path):
    """5,000 identities, 100,000 snapshots and 2,000 manifests: less than 30 s and 1 GiB."""
    declared, entries = large(6000, 100_000, 2000)
    (tmp_path / "apps").mkdir()
    for number, one in enumerate(declared):
        (tmp_path / "apps" / f"{number}.yaml").write_text(yaml.dump(one.manifest))
    (tmp_path / "list.json").write_text(json.dumps(entries))
    del entries
    arguments = ["--manifests", str(tmp_path / "apps"), "--snapshots", str(tmp_path / "list.json")]
    begin = time.process_time()
    assert main([*arguments, "--out", str(tmp_path / "out"), "--against", "object-name-namespace"]) == 1
    assert time.process_time() - begin < 30
    tracemalloc.start()
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 30
