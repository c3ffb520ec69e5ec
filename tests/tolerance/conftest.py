"""The right subjects are run as the tests on real parts are."""

from tests.real.conftest import project, pytest_configure, suite

__all__ = ["project", "pytest_configure", "suite"]
