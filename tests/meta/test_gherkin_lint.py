"""Each check of the linter has been seen to fail."""

import pytest

from tests.meta import gherkin_lint as lint

GOOD = """
Feature: F
  Rule: R
    @HN_2
    Scenario Outline: The name <name>
      Given a source "<name>"
      When it is backed up
      Then it is recorded

      Examples:
        | name |
        | a    |
"""


def broken(old, new):
    assert old in GOOD
    return lint.read(GOOD.replace(old, new))


SECOND = """
    @HN_2
    Scenario Outline: The name <name>
      When <name>
      Then it is so

      Examples:
        | name |
        | b    |
"""


CLAIM_OF_EACH_TABLE = GOOD.replace("    @HN_2\n", "").replace("      Examples:", "      @HN_2\n      Examples:")
CLAIM_OF_ONE_TABLE = CLAIM_OF_EACH_TABLE + "\n      Examples:\n        | name |\n        | b    |\n"


def wrong_tags(feature):
    return lint.wrong_tags(feature, ["HN_2"], ["object-name"])


CHECKS = [
    lint.duplicate_names,
    lint.loose_placeholders,
    lint.unused_columns,
    lint.empty_examples,
    lint.forbidden_words,
    lint.misshapen,
    lint.outside_rules,
    wrong_tags,
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_feature_passes(check):
    assert check(lint.read(GOOD)) == []


def test_a_claim_may_stand_above_examples():
    assert wrong_tags(lint.read(CLAIM_OF_EACH_TABLE)) == []
    (scenario,) = lint.scenarios(lint.read(CLAIM_OF_EACH_TABLE))
    assert scenario.tags == {"HN_2"}
    assert scenario.own_tags == set()


@pytest.mark.parametrize(
    ("check", "feature"),
    [
        (lint.duplicate_names, lint.read(GOOD + SECOND)),
        (lint.loose_placeholders, broken('"<name>"', '"<nmae>"')),
        (lint.loose_placeholders, broken("The name <name>", "The name <naem>")),
        (lint.unused_columns, broken("| name |\n        | a    |", "| name | more |\n        | a | b |")),
        (lint.empty_examples, broken("        | a    |\n", "")),
        (lint.forbidden_words, broken("it is recorded", "wait until it is recorded")),
        (lint.forbidden_words, broken("@HN_2", "@HN_2 @skip")),
        (lint.misshapen, broken("When it is backed up", "And it is backed up")),
        (lint.misshapen, broken("Then it is recorded", "When it is recorded")),
        (lint.misshapen, broken("Then it is recorded", "And it is recorded")),
        (lint.misshapen, broken("Then it is recorded", "Then it is recorded\n" + "      And so on\n" * 4)),
        (lint.misshapen, broken("    @HN_2", "    Background:\n" + "      Given x\n" * 4 + "    @HN_2")),
        (lint.outside_rules, broken("  Rule: R\n", "")),
        (wrong_tags, broken("@HN_2", "@object-name")),
        (wrong_tags, broken("@HN_2", "@HN_2 @HN_9")),
        (wrong_tags, broken("      Examples:", "      @HN_9\n      Examples:")),
        (wrong_tags, broken("      Examples:", "      @object-name\n      Examples:")),
        (wrong_tags, lint.read(CLAIM_OF_ONE_TABLE)),
    ],
)
def test_a_bad_feature_is_caught(check, feature):
    assert check(feature)
