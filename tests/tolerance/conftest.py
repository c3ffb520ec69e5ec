"""The right subjects are run as the tests on real parts are."""

from tests.real.conftest import suite

__all__ = ["suite"]
