"""The search of docs/search.md. Only ``tox -e search`` collects it."""

from collections.abc import Callable


def test_search(search: Callable[[], None]) -> None:
    search()
