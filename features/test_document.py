"""Binds every feature of this folder to pytest; the steps are plugins that conftest.py lists."""

import pytest
from pytest_bdd import scenarios

pytestmark = pytest.mark.usefixtures("case")

scenarios(".")
