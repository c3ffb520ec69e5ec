"""The right subjects are run as the tests on real parts are."""

from tests.real.conftest import project, suite

__all__ = ["project", "suite"]
