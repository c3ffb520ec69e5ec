"""The commands behind ``tox -e audit``, ``tox -e defects``, ``tox -e drift`` and ``tox -e spec``."""
