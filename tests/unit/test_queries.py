"""The documented queries run through a real jq."""

import pytest

from harness.errors import HarnessError
from harness.volsync import queries

STATUS = queries.get_json(
    {"status": {"kopia": {"requestedIdentity": "a@b", "availableIdentities": [{"identity": "a@b"}]}}}
)


def test_jq_yields_each_result():
    assert queries.jq(".status.kopia.availableIdentities[].identity", STATUS) == ["a@b"]


def test_jsonpath_of_a_plain_path():
    assert queries.jsonpath("{.status.kopia.requestedIdentity}", STATUS) == "a@b"
    assert queries.jsonpath("{.status.kopia.nothing}", STATUS) == ""


@pytest.mark.parametrize("path", ["{.a[0]}", ".a", "{range .a}"])
def test_other_paths_are_refused(path):
    with pytest.raises(HarnessError, match="plain path"):
        queries.jsonpath(path, STATUS)


@pytest.mark.parametrize("expression", [".[", ".status.kopia.noSuchList[]"])
def test_what_a_query_cannot_be_applied_to_is_no_error_of_the_harness(expression):
    with pytest.raises(queries.QueryFailed, match="jq"):
        queries.jq(expression, STATUS)


def test_an_object_that_is_not_there_cannot_be_asked():
    with pytest.raises(HarnessError):
        queries.get_json(None)
