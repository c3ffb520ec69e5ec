"""The page of an audit in a real headless browser: order, filters, links, copying, paper, phones, hostile names."""

from __future__ import annotations

import json
import re

import pytest

from harness.audit import page
from harness.audit.account import Account, Skipped
from harness.audit.audit import BY_DEFAULT
from harness.audit.facts import facts
from harness.audit.rules import BUILT_IN
from harness.kopia import policies
from harness.kopia.policies import Policies
from tests.real.test_page import CONTRAST
from tests.unit.audit_world import answer, destination, entry, policy, source

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NIGHTLY = "0 2 * * *"


def world(extra=()):
    """Return the values of an audit with entries of every kind."""
    declared = [
        *(source(name, "documents", schedule=NIGHTLY) for name in ("paperless", "wiki", "notes")),
        source("photos", "media", schedule=NIGHTLY),
        source("orders", schedule=NIGHTLY),
        source("a.b"),
        source("ab"),
        source("mail", "office", username="mail", hostname="shop", sourcePathOverride="/mail"),
        source("mail", username="mail", hostname="shop"),
        source("never", "media"),
        destination("orders"),
        destination("wiki", "documents"),
        destination("paperless-restore", "documents"),
        destination("restore-ab", sourceName="a.b"),
        destination("deep", "documents", sourceName="notes", previous=50),
        destination("refused", username="#", hostname="shop"),
        destination("${APP}", "documents"),
        *extra,
    ]
    entries = [
        entry(name, "documents", at=days, number=days) for name in ("paperless", "notes") for days in range(1, 7)
    ]
    entries += [entry("wiki", "documents", at=days, number=days) for days in (0.4, 1.4, 4.4, 5.4)]
    entries += [entry("orders", at=days + 0.41234567, number=days) for days in range(8)]
    entries += [
        entry("photos", "media", at=9),
        entry("ab", at=1),
        entry("mail", at=1),
        entry("mail", path="/mail", at=1),
    ]
    entries += [
        entry("photos", "old-media", at=30),
        entry("forgotten", "zzz", at=400),
        entry(HOSTILE, HOSTILE, at=2, path=HOSTILE),
    ]
    account = Account(files=3, objects=17)
    skipped = [Skipped(f"apps/{HOSTILE}.yaml", "line 2: not YAML", True), Skipped("b.yaml", "it is for restic", False)]
    account.skipped += skipped
    shared = Policies(policies.read(json.dumps([policy("@shop", keepLatest=3)]).encode(), "list"))
    rule = BUILT_IN["namespace-pvc"]
    audit = answer(declared, entries, account=account, against=rule, origin="s3://backups", policies=shared)
    return facts(audit, BY_DEFAULT, "1")


@pytest.fixture(scope="module")
def values():
    return world()


@pytest.fixture(scope="module")
def file(values, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "index.html"
    file.write_text(page.render(values, ["restores.yaml", "overrides.yaml"]), encoding="utf-8")
    for name in ("restores.yaml", "overrides.yaml"):
        (file.parent / name).write_text("{}", encoding="utf-8")
    return file


def opened(browser, file, fragment="", **more):
    """Return the page, open, and the list that gets each error of the console and each request to elsewhere."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, **more)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    view, problems = context.new_page(), list[str]()
    view.on("console", lambda message: problems.append(message.text))
    view.on("pageerror", lambda error: problems.append(str(error)))
    view.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
    view.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else problems.append(asked.url))
    view.goto(f"{file.as_uri()}{fragment}")
    return view, problems


@pytest.fixture(params=["light", "dark"])
def view(browser, file, request):
    view, problems = opened(browser, file, color_scheme=request.param)
    yield view
    assert problems == []
    view.context.close()


@pytest.fixture
def at(browser, file):
    """Open the page at a fragment."""
    views = []

    def open_at(fragment):
        views.append(opened(browser, file, fragment))
        return views[-1][0]

    yield open_at
    for view, problems in views:
        assert problems == []
        view.context.close()


def shown(view, section=""):
    """Return the ids of the visible entries."""
    return view.locator(f"{section} article.claim:visible").evaluate_all("all => all.map(one => one.id)")


def options(view):
    return [text.partition(" (")[0] for text in view.locator("#by-state option").all_inner_texts()]


def test_what_counts_comes_first_and_what_is_neither_good_nor_bad_is_not_green(view):
    for section in view.locator("section[data-title]").all():
        order = ["is-fail", "is-error", "is-skip", "is-pass"]
        found = [order.index(one.split()[-1]) for one in section.locator("article").evaluate_all(
            "all => all.map(one => one.className)")]  # fmt: skip
        assert found == sorted(found)
        assert found
    assert (
        view.locator("article[data-kind=orphan].is-skip").count() == view.locator("article[data-kind=orphan]").count()
    )
    assert "documents/wiki – good, gap" in view.locator("#source-documents-wiki h3").inner_text()


def test_only_what_counts(view, values):
    counting = {"collision", "foreign", "nothing-found", "too-few", "refused", "stale", "never", "mismatch"}
    number = sum(many for name, many in values["worries"].items() if name in counting)
    view.check("#by-counting")
    assert len(shown(view)) == number
    assert view.locator("#count").inner_text().startswith(f"{number} of ")
    assert not view.locator("#orphans").is_visible(), "a section without an entry is hidden"
    assert not view.locator("nav a[href='#orphans']").is_visible()
    assert view.locator("#destinations").inner_text() == "Destinations: 4 of 7"
    view.click("#clear")
    assert view.locator("#destinations").inner_text() == "Destinations: 7"
    assert view.locator("#orphans").is_visible()


def test_the_states_are_those_of_the_kind(view):
    view.select_option("#by-state", "restores")
    view.select_option("#by-kind", "source")
    assert set(options(view)) == {"all", "good", "stale", "never", "gap"}
    assert view.input_value("#by-state") == "", "no source has the state that was chosen"
    view.select_option("#by-state", "gap")
    assert shown(view) == ["source-documents-wiki"]
    view.select_option("#by-kind", "change")
    assert set(options(view)) == {"all", "loses its history", "keeps its history", "mismatch"}


def test_every_number_of_the_worries_leads_to_as_many_entries(view, values):
    for name, number in values["worries"].items():
        link = view.get_by_label(f"{number}: show {name}", exact=True)
        link.click()
        if name in ("unread", "ambiguous"):
            assert view.evaluate("location.hash") == "#read"
        else:
            view.wait_for_function("name => document.getElementById('by-state').value === name", arg=name)
            assert len(shown(view)) == number, name


def test_filters_are_in_the_address_and_come_back(view, at):
    view.select_option("#by-kind", "source")
    view.select_option("#by-state", "stale")
    view.check("#by-counting")
    view.fill("#by-text", "PHOTOS & <b>")
    assert shown(view) == []
    view.wait_for_function("() => location.hash.includes('text')")
    view.fill("#by-text", "PHOTOS")
    view.wait_for_function("() => location.hash.endsWith('PHOTOS')")
    again = at(view.evaluate("location.hash"))
    assert shown(again) == shown(view) == ["source-media-photos"]
    assert again.is_checked("#by-counting")
    again.reload()
    assert shown(again) == ["source-media-photos"]
    again.click("#clear")
    again.wait_for_function("() => location.hash === ''")
    for wrong in ("#?kind=%E0%A4%A&state=nosuch", "#?kind=nosuch", "#nosuch", "#%"):
        assert len(shown(at(wrong))) == view.locator("article.claim").count()


def test_back_returns_to_the_filters(view):
    view.check("#by-counting")
    view.wait_for_function("() => location.hash === '#?counts=yes'")
    view.evaluate("location.hash = '#orphan-forgotten-zzz-data'")
    view.wait_for_function("() => !document.getElementById('orphan-forgotten-zzz-data').hidden")
    view.go_back()
    view.wait_for_function("() => document.getElementById('by-counting').checked")


def test_the_banner_says_that_the_list_is_incomplete(view, values):
    banner = view.locator(".banner").first
    assert "2 objects or files were not read or are not clear: this list is incomplete" in banner.inner_text().replace(
        "\n", " "
    )
    banner.locator("a").click()
    assert view.evaluate("location.hash") == "#read"
    assert view.locator("#read").evaluate("one => one.getBoundingClientRect().top") < 800


def test_a_link_survives_the_next_audit(view, at, tmp_path, browser):
    before = set(shown(view))
    assert {"destination-documents-paperless-restore", "orphan-forgotten-zzz-data", "policy-shop"} <= before
    assert "collision-ab-shop-data" in before
    later = tmp_path / "index.html"
    later.write_text(page.render(world([source("aaa", "aaa"), destination("aaa", "aaa")])), encoding="utf-8")
    view, problems = opened(browser, later, "#destination-documents-paperless-restore")
    assert before < set(shown(view))
    target = view.locator("#destination-documents-paperless-restore")
    assert "documents/paperless-restore – nothing-found" in target.inner_text()
    assert 0 <= target.evaluate("one => one.getBoundingClientRect().top") < 800
    assert problems == []


def test_every_id_is_unique_and_every_link_leads_somewhere(view, file):
    ids = view.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch("[a-z0-9-]+", one)] == []
    places = view.evaluate("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))")
    for place in places:
        assert place.startswith("#?") or place[1:] in ids or (file.parent / place).exists(), place


def test_an_identity_leads_to_its_source_collision_and_orphan(view):
    near = view.locator("#destination-documents-paperless-restore li a[href='#source-documents-paperless']")
    assert near.count() == 1
    near.click()
    assert view.evaluate("location.hash") == "#source-documents-paperless"
    foreign = view.locator("#destination-shop-restore-ab")
    assert foreign.locator("a[href='#collision-ab-shop-data']").count() == 1
    assert view.locator("#collision-ab-shop-data a[href='#source-shop-a-b']").count() >= 1
    assert view.locator("#orphan-photos-old-media-data a[href='#source-media-photos']").count() == 1


def test_the_lines_that_help_are_open_and_can_be_copied(view, values):
    card = view.locator("#destination-documents-paperless-restore")
    assert card.locator("pre").first.is_visible()
    card.locator("button").first.click()
    card.get_by_text("copied").wait_for()
    (found,) = (one for one in values["destinations"] if one["name"] == "paperless-restore")
    assert view.evaluate("navigator.clipboard.readText()") == found["near"][0]["manifest"]
    assert not view.locator("#orphan-photos-old-media-data pre").is_visible()


def test_lines_can_be_copied_without_the_clipboard(view):
    view.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    card = view.locator("#destination-documents-paperless-restore")
    card.locator("button").first.click()
    card.locator(".copied", has_text=re.compile("copied|selected")).first.wait_for()
    assert "sourceName: paperless" in view.evaluate("getSelection().toString()")


def test_the_keyboard_reaches_filters_and_folded_lines(view):
    view.focus("#by-counting")
    view.keyboard.press("Space")
    assert view.is_checked("#by-counting")
    view.keyboard.press("Space")
    view.focus("#orphan-photos-old-media-data h3 a")
    for _ in range(10):
        view.keyboard.press("Tab")
        if view.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    view.keyboard.press("Enter")
    assert view.locator("#orphan-photos-old-media-data pre").is_visible()
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.tagName") == "BUTTON"


def test_what_the_keyboard_reaches_is_not_behind_the_filters(view):
    filters = view.locator("#filters")
    for one in view.locator("article h3 a").all()[-1:0:-3]:
        one.focus()
        top = one.evaluate("one => one.getBoundingClientRect().top")
        assert top >= filters.evaluate("one => one.getBoundingClientRect().bottom") - 1


def test_names_from_outside_are_data(view):
    assert HOSTILE in (view.locator("main").text_content() or "")
    assert view.locator("img").count() == 0
    assert view.locator("script").count() == 1


def test_a_script_that_is_not_that_of_the_page_does_not_run(browser, file):
    view, problems = opened(browser, file)
    view.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'broken = 1'}))")
    assert view.evaluate("typeof broken") == "undefined"
    assert "Content Security Policy" in problems[0]
    view.context.close()


def test_times_are_to_the_second(view):
    stamps = view.locator("time:visible").all_inner_texts()
    assert [one for one in stamps if not re.fullmatch(r"202\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", one)] == []
    assert "." in view.locator("#source-shop-orders time").first.get_attribute("datetime"), "the exact instant is kept"


def test_the_words_are_explained_where_they_are_used(view):
    legend = view.locator("section:has(#destinations) > details")
    legend.locator("summary").click()
    assert "There is no whole snapshot of the requested identity and path." in legend.inner_text()
    assert "stale" not in legend.inner_text()


def test_paper_shows_everything(view):
    view.check("#by-counting")
    total, folded = view.locator("article.claim").count(), view.locator("details:not([open])").count()
    view.emulate_media(media="print")
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(view)) == total
    assert view.locator("details:not([open])").count() == 0
    assert not view.locator("form").is_visible()
    assert view.locator("button:visible").count() == 0
    view.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown(view)) < total
    assert view.locator("details:not([open])").count() == folded


def test_nothing_scrolls_sideways_on_a_phone(view):
    view.set_viewport_size({"width": 400, "height": 800})
    view.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


def test_text_stands_out_from_its_background(view):
    assert view.evaluate(CONTRAST) == []


def test_without_its_script_the_page_shows_everything(browser, file):
    view, problems = opened(browser, file, java_script_enabled=False)
    assert view.locator("article.claim:visible").count() > 20
    assert not view.locator("form").is_visible()
    assert problems == []
    view.context.close()
