"""Commands of their own: `tox -e defects`, `drift` and `spec`."""
