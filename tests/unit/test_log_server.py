"""An operator that asks for the end of a log gets no more than that."""

import pytest

from harness.kubernetes.log_server import part_of

LOG = "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("", LOG),
        ("tailLines=2", "two\nthree\n"),
        ("tailLines=0", ""),
        ("tailLines=9&timestamps=false", LOG),
        ("limitBytes=5", "one\nt"),
        ("tailLines=1&limitBytes=2", "th"),
    ],
)
def test_a_request_gets_the_part_that_it_asks_for(query, part):
    assert part_of(LOG, query) == part.encode()
