"""The operator's API: kinds, fields, defaults, admission, Jobs, status, and the documented queries."""
