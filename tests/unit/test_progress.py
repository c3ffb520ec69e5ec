"""What a run says while it goes on."""

import time

from plugin.progress import Progress


def test_it_says_how_much_is_left_and_what_runs():
    progress = Progress(None)
    progress.pytest_xdist_node_collection_finished([str(number) for number in range(10)])
    now = time.monotonic()
    progress._begin, progress._ended = now - 20, 4
    progress._running = {"features/a.feature::a title": now - 3}
    assert progress.line(now) == "4 of 10 scenarios, about 30 s left; running: a title (3 s)"
