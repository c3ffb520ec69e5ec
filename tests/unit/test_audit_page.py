"""The page of an audit without a browser: ids, order, tones, words, links, and what it says of what is not known."""

import re
import time
from pathlib import Path

import pytest

from harness.audit import legend, page
from harness.audit.account import Account, Skipped
from harness.audit.anchors import anchors
from harness.audit.audit import BY_DEFAULT, Audit, Worry
from harness.audit.cards import Links, Tone, sections
from harness.audit.facts import facts
from harness.audit.prediction import Outcome
from harness.audit.rules import BUILT_IN
from harness.audit.upkeep import State
from harness.cli.audit import OVERRIDES, RESTORES
from tests.unit.audit_world import answer, destination, entry, large, source

DOCUMENT = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()


def values(declared, entries=(), fail_on=BY_DEFAULT, **more):
    return facts(answer(declared, entries, **more), fail_on, "1")


def cards(found):
    return [card for section in sections(found) for card in section.cards]


def ids(found):
    return [card.id for card in cards(found)]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([("destination", "", "shop", "orders")], ["destination-shop-orders"]),
        ([("orphan", "orders", "shop", "/data")], ["orphan-orders-shop-data"]),
        ([("orphan", "Ö<script>", "shop", "/data")], ["orphan-script-shop-data"]),
        ([("source", "a", "b-c"), ("source", "a", "d")], ["source-a-b-c", "source-a-d"]),
    ],
)
def test_an_id_is_what_the_entry_is(keys, wanted):
    assert anchors(keys) == wanted


@pytest.mark.parametrize(
    "keys",
    [
        [("source", "a-b", "c"), ("source", "a", "b-c")],
        [("orphan", "日本"), ("orphan", "中国")],
        [("orphan", "x" * 200 + "1"), ("orphan", "x" * 200 + "2")],
        [("orphan", "/", "\ud800")],
    ],
)
def test_an_id_that_is_not_telling_gets_a_digest_and_keeps_it(keys):
    found = anchors(keys)
    assert len(set(found)) == len(keys)
    assert all(re.fullmatch("[a-z0-9-]{1,110}-[0-9a-f]{8}", one) for one in found)
    assert anchors(keys[::-1]) == found[::-1]


def test_equal_keys_are_numbered_and_never_meet_another():
    first, second, third = anchors([("a", "日"), ("a", "日"), ("a", "日")])
    assert (second, third) == (f"{first}-2", f"{first}-3")
    assert len(set(anchors([("a", "日"), ("a", "日"), ("a", f"{first[2:]}-2"), ("a", "日")]))) == 4


def test_an_id_has_the_cluster_if_there_are_several():
    both = [destination("orders", cluster="old"), destination("orders", cluster="new")]
    assert ids(values(both)) == ["destination-old-shop-orders", "destination-new-shop-orders"]
    assert ids(values(both[:1])) == ["destination-shop-orders"]


def test_what_counts_depends_on_what_was_asked():
    declared, entries = [source("old", schedule="0 2 * * *"), destination("none")], [entry("old", at=9)]
    tones = {card.state: card.tone for card in cards(values(declared, entries))}
    assert tones == {"nothing-found": Tone.COUNTS, "stale": Tone.COUNTS}
    tones = {card.state: card.tone for card in cards(values(declared, entries, [Worry.STALE]))}
    assert tones == {"nothing-found": Tone.WORRY, "stale": Tone.COUNTS}


def test_an_orphan_is_neither_good_nor_bad_unless_it_counts():
    for fail_on, tone in ((BY_DEFAULT, Tone.NEUTRAL), ([Worry.ORPHAN], Tone.COUNTS)):
        assert [card.tone for card in cards(values([], [entry("forgotten")], fail_on))] == [tone]


def test_each_worry_of_the_audit_is_on_as_many_cards():
    declared = [source(name, "documents", schedule="0 2 * * *") for name in ("wiki", "photos")]
    declared += [source("a.b"), source("ab"), destination("none"), destination("${X}"), destination("#", username="#")]
    entries = [entry("wiki", "documents", at=days) for days in (0.4, 3.4)] + [entry("ab"), entry("x", "y")]
    found = values(declared, entries, against=BUILT_IN["namespace-pvc"])
    shown = [worry for card in cards(found) for worry in card.worries]
    assert {name: shown.count(name) for name in found["worries"]} == found["worries"]
    assert set(shown) <= set(found["worries"])


def test_all_words_are_explained_and_those_of_the_documentation_are_among_them():
    used = {*map(str, Outcome), *map(str, State), *map(str, Worry)}
    assert used <= set(legend.WORDS)
    section = DOCUMENT.partition("## What it tells")[2].partition("## Exit status")[0]
    named = re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)
    assert len(named) >= 6
    assert set(named) <= set(legend.WORDS)


def test_the_files_beside_the_page_are_those_of_the_command():
    assert set(legend.FILES) == {OVERRIDES, RESTORES}
    found = values([])
    assert "restores.yaml" not in page.render(found)
    assert '<a href="restores.yaml">' in page.render(found, [RESTORES])
    assert '<a href="overrides.yaml">' not in page.render(found, [RESTORES])


def test_an_identity_of_another_repository_leads_nowhere():
    found = values([source("orders"), destination("orders")], [entry("orders")])
    found["sources"][0]["state"] = "elsewhere"
    shown = cards(found)
    assert Links(shown).of_identity(found["destinations"][0], shown[0]) == {}


def test_the_banner_counts_what_is_not_clear():
    account = Account(skipped=[Skipped("a.yaml", "not YAML", True), Skipped("b.yaml", "encrypted", False)])
    assert "<b>1 object or file was not read or is not clear</b>" in page.render(
        values([], [entry("stranger")], account=account)
    )
    twice = [destination("a"), destination("a", destinationPVC="x"), destination("${X}")]
    assert "<b>3 objects or files were not read" in page.render(values(twice, [entry("stranger")], account=account))
    assert "list is incomplete" not in page.render(values([destination("a")], [entry("stranger")]))


def test_what_is_not_known_is_not_said_to_be_none():
    text = page.render(values([source("orders"), destination("orders")], None))
    assert "No list of snapshots was given:" in text
    assert "not known: no list of snapshots was given" in text
    assert "0 of 1 destinations" not in text


def test_without_manifests_the_lines_of_each_history_are_open():
    entries = [entry("orders")]
    text = page.render(values([], entries))
    assert '<details class="lines" open>' in text
    assert "Orphans: 1" in text
    assert "Destinations: 0" not in text, "no manifests were given"
    assert "No rule explains" not in text
    assert "Destinations: 0" in page.render(values([], entries, account=Account(files=1)))
    assert '<details class="lines" open>' not in page.render(values([source("x")], entries))


def test_nothing_foreign_is_in_the_script_and_its_digest_is_named():
    hostile = "</script><script>alert(1)//"
    one, other = page.render(values([])), page.render(values([], [entry(hostile, hostile)], origin=hostile))
    scripts = [re.findall("<script>.*?</script>", text, re.DOTALL) for text in (one, other)]
    assert scripts[0] == scripts[1]
    assert len(scripts[0]) == 1
    assert page._digest(scripts[0][0].removeprefix("<script>").removesuffix("</script>")) in other


def test_many_sources_of_one_identity_do_not_name_each_other_all():
    many = [source(f"s{number}", username="all", hostname="h") for number in range(300)]
    text = page.render(values(many, [entry("all", "h")]))
    assert text.count("and 294 more") == len(many)
    assert text.count('href="#source-shop-s') < 10 * len(many)


def test_a_page_of_four_times_as_many_entries_takes_about_four_times_as_long():
    def seconds(size) -> float:
        found = facts(answered(size), BY_DEFAULT, "1")
        begin = time.process_time()
        page.render(found)
        return time.process_time() - begin

    def answered(size) -> Audit:
        declared, entries = large(size * 300, size * 600, size * 150)
        return answer(declared, entries)

    seconds(1)
    assert seconds(8) / seconds(2) < 8
