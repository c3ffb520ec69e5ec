"""The commands behind ``tox -e defects``, ``tox -e drift`` and ``tox -e spec``."""
