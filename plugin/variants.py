"""Find out which variants a subject follows, if they are ``auto``, before its scenarios are collected.

The main process does this at the start of a run, when the operator is running. It passes the result to the workers
before they collect. A list of the scenarios (``--collect-only``) starts no run. Then only a subject without an API is
examined.
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
"""How many seconds of the operator's time limit for an answer are reserved for the first scenario."""


def find_out(config: pytest.Config, context: WorkerContext) -> None:
    """Find out the variants that are ``auto``, at the start of a run."""
    options = config.stash[OPTIONS]
    if not options.lacks_variants:
        return
    # If a plain source gets no answer here, the run ends after the first scenario. So both share one time limit.
    answer_s = options.subject.limits.answer_s
    split_s = min(ANSWER_SPLIT_S, answer_s)
    context.be_answered_since(split_s)
    probed = variants.probe(options.subject, context.cluster)
    unanswered = variants.UNANSWERED in probed.followed.values()
    context.be_answered_since(answer_s - split_s if unanswered else 0.0)
    config.stash[OPTIONS] = options.with_variants(probed)


def hand_over(config: pytest.Config, workerinput: dict[str, Any]) -> None:
    """Pass the variants to a worker. They become plain text, because execnet cannot serialize subclasses of str."""
    options = config.stash[OPTIONS]
    workerinput["variants"] = {name: value and str(value) for name, value in options.variants.items()}
    workerinput["probed"] = list(options.probed)


def take_over(config: pytest.Config, workerinput: Mapping[str, Any]) -> None:
    """Store the variants that the main process found out in the options of a worker."""
    probed = tuple(workerinput["probed"])
    config.stash[OPTIONS] = replace(config.stash[OPTIONS], variants=workerinput["variants"], probed=probed)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Find out the variants for a list of scenarios, unless an operator would have to be started for that."""
    config = session.config
    options = config.stash[OPTIONS]
    if config.option.collectonly and options.lacks_variants and not options.subject.kubernetes:
        config.stash[OPTIONS] = options.with_variants(variants.probe(options.subject))
