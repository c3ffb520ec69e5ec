"""The search of docs/search.md. Only ``tox -e search`` collects it."""


def test_search(search):
    search()
