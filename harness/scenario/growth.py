"""Backups that are measured: how much one of so many bytes adds to the store."""

from __future__ import annotations

import secrets

from harness.model import ObjectRef
from harness.scenario.sync import Growth
from harness.scenario.testbed import Testbed
from harness.volumes import write_bytes


def of_random(testbed: Testbed, ref: ObjectRef, size_bytes: int) -> Growth:
    """Backs up so many random bytes, which no compression makes smaller."""
    return _of(testbed, ref, secrets.token_bytes(size_bytes))


def of_the_same(testbed: Testbed, ref: ObjectRef, growth: Growth) -> Growth:
    """Backs up the very bytes of another backup."""
    return _of(testbed, ref, growth.content)


def _of(testbed: Testbed, ref: ObjectRef, content: bytes) -> Growth:
    written = write_bytes(testbed.volume(ref), content)
    bucket = testbed.objects.repository_of(ref).removeprefix("s3://").split("/")[0]
    before = testbed.repositories.size_bytes(f"s3://{bucket}")
    sync = testbed.back_up_content(ref, written)
    return Growth(sync, len(content), testbed.repositories.size_bytes(f"s3://{bucket}") - before, content)
