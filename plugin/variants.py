"""Find out which variants a subject follows, where they are ``auto``, before its scenarios are collected.

The controller asks at the start of a run, once there is an operator to ask, and hands the answer to its workers
before they collect. A list of the scenarios (``--collect-only``) starts no run: there only a subject without an API
is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.scenario.context import WorkerContext
from harness.subject import variants
from plugin.options import OPTIONS

ANSWER_SPLIT_S = 5.0
"""Which part of the time that an operator has for its first answer is left to the first scenario."""


def find_out(config: pytest.Config, context: WorkerContext) -> None:
    """Ask the subject of a run that has started for the variants that are ``auto``."""
    options = config.stash[OPTIONS]
    if not options.lacks_variants:
        return
    # A plain source that is not answered ends the run soon: part of the time to answer passes here.
    answer_s = options.subject.limits.answer_s
    split_s = min(ANSWER_SPLIT_S, answer_s)
    context.be_answered_since(split_s)
    probed = variants.probe(options.subject, context.cluster)
    unanswered = variants.UNANSWERED in probed.followed.values()
    context.be_answered_since(answer_s - split_s if unanswered else 0.0)
    config.stash[OPTIONS] = options.with_variants(probed)


def hand_over(config: pytest.Config, workerinput: dict[str, Any]) -> None:
    """Give a worker what was found out; execnet carries no subclass of str."""
    options = config.stash[OPTIONS]
    workerinput["variants"] = {name: value and str(value) for name, value in options.variants.items()}
    workerinput["probed"] = list(options.probed)


def take_over(config: pytest.Config, workerinput: Mapping[str, Any]) -> None:
    """Have a worker know what the controller found out."""
    probed = tuple(workerinput["probed"])
    config.stash[OPTIONS] = replace(config.stash[OPTIONS], variants=workerinput["variants"], probed=probed)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Ask a subject whose scenarios are only listed; an operator on an API would have to be started for that."""
    config = session.config
    options = config.stash[OPTIONS]
    if config.option.collectonly and options.lacks_variants and not options.subject.kubernetes:
        config.stash[OPTIONS] = options.with_variants(variants.probe(options.subject))
