"""A scenario gets one repository that exists before its first mover: a copy of an empty one."""

from types import SimpleNamespace

import pytest

from harness.kopia.repositories import Repositories
from harness.kopia.templates import RepositoryTemplate

FIRST, SECOND = "s3://company-backups", "s3://shop-backups"
OWN_PASSWORD, WITH_PREFIX = "s3://office-backups", "s3://lab-backups/team"


@pytest.fixture
def copied():
    return []


@pytest.fixture
def repositories(copied):
    made = object.__new__(Repositories)
    made._provides, made._is_copied, made._seen = True, False, {}
    made._templates = SimpleNamespace(find=lambda recipe: RepositoryTemplate("blank"))
    made._secrets = SimpleNamespace(has_own_password=lambda one: one == OWN_PASSWORD)
    made.locations = SimpleNamespace(
        address=lambda one: SimpleNamespace(prefix="team/" if one == WITH_PREFIX else ""),
        exists=lambda one: one in copied,
        begin_as=lambda bucket, one: copied.append(one),
    )
    return made


def test_only_the_first_repository_is_a_copy_since_copies_have_the_same_keys(repositories, copied):
    for one in (FIRST, SECOND, FIRST):
        repositories.provide(one)
    assert copied == [FIRST]


@pytest.mark.parametrize("other", [OWN_PASSWORD, WITH_PREFIX])
def test_a_repository_with_a_password_or_a_prefix_is_left_to_the_movers(repositories, copied, other):
    repositories.provide(other)
    assert copied == []


def test_a_scenario_can_leave_every_repository_to_the_movers(repositories, copied):
    repositories.leave_to_movers()
    repositories.provide(FIRST)
    assert copied == []
