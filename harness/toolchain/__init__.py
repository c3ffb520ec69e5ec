"""Provide the real binaries: named by the user, cached, downloaded, or built."""
