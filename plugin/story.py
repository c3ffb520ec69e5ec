"""Record the text of a scenario, and the outcome of each step, for the report and the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.report.outcome import StepOutcome, StepRecord, Story

STORY = pytest.StashKey[Story]()


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, feature: Any, scenario: Any) -> None:
    """Begin the story of a scenario with all its steps, before the first one runs."""
    rule = scenario.rule.name if scenario.rule else ""
    steps = tuple(StepRecord(step.keyword.strip(), step.name, _table(step)) for step in scenario.steps)
    line, file = scenario.line_number, str(feature.rel_filename)
    request.node.stash[STORY] = Story(feature.name, rule, scenario.name, file, line, steps)


def pytest_bdd_after_step(request: pytest.FixtureRequest, scenario: Any, step: Any) -> None:
    """Record that a step passed."""
    _mark(request, scenario, step, "passed")


def pytest_bdd_step_error(request: pytest.FixtureRequest, scenario: Any, step: Any) -> None:
    """Record the step that ended the scenario."""
    _mark(request, scenario, step, "failed")


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, scenario: Any, step: Any) -> None:
    """Record a step without a definition."""
    _mark(request, scenario, step, "failed")


def _mark(request: pytest.FixtureRequest, scenario: Any, step: Any, outcome: StepOutcome) -> None:
    story = request.node.stash[STORY]
    index = next(index for index, one in enumerate(scenario.steps) if one is step)
    steps = list(story.steps)
    steps[index] = replace(steps[index], outcome=outcome)
    request.node.stash[STORY] = replace(story, steps=tuple(steps))


def _table(step: Any) -> tuple[tuple[str, ...], ...]:
    if step.datatable is None:
        return ()
    return tuple(tuple(cell.value for cell in row.cells) for row in step.datatable.rows)
