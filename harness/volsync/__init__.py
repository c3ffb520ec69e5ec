"""Define the API of the operator: kinds, fields, defaults, admission, Jobs, status, and the documented queries."""
