"""The page of a report in a real headless browser: filters, links, small screens, contrast, keyboard, hostile names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from harness.report import page
from harness.volsync import kinds

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads((PROJECT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a run in which claims hold, diverge and end in findings."""
    from tests.real.conftest import Suite

    suite = Suite(tmp_path_factory.mktemp("tmp"), PROJECT)
    selected = "HN_E2 or HN_1 or TN_7 or VA_2 or RP_1 or TN_1"
    ended = suite.run("--storage", "process", "-n", "2", "-m", selected, "--subject", "mutant:pvc-in-hostname")
    whole = suite.run("--storage", "process", "-n", "2", "-m", selected)
    assert (ended.status, whole.status) == (1, 0), ended.output
    for one in (ended, whole):
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(one.report)] == []
    diverged = {claim["id"]: claim for claim in ended.report["claims"] if claim["verdict"] == "fail"}
    report = whole.report
    report["claims"] = [diverged.get(claim["id"], claim) for claim in report["claims"]]
    report["scenarios"] += [one for one in ended.report["scenarios"] if one["verdict"] == "fail"]
    report["divergences"] = ended.report["divergences"]
    report["causes"] = ended.report["causes"]
    report["scenarios"][0]["syncs"].append(
        {
            "object": f"ReplicationSource x/{HOSTILE}",
            "username": HOSTILE,
            "hostname": "h",
            "result": "succeeded",
            "snapshots": [],
        }
    )
    return report


@pytest.fixture(scope="module")
def file(report, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "index.html"
    file.write_text(page.render(report, kinds.SOURCE, kinds.DESTINATION), encoding="utf-8")
    return file


@pytest.fixture(params=["light", "dark"])
def view(browser, file, request):
    """The page, open; fails where the console holds an error or anything is fetched from elsewhere."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1000, "height": 800})
    view = context.new_page()
    problems: list[str] = []
    view.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    view.on("pageerror", lambda error: problems.append(str(error)))
    view.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else problems.append(asked.url))
    view.goto(file.as_uri())
    yield view
    assert problems == []
    context.close()


def shown(view):
    return view.locator("article.claim:visible").evaluate_all("all => all.map(one => one.id)")


def test_filters_by_verdict_area_and_text(view):
    everything = shown(view)
    assert {"HN_E2", "HN_1", "TN_7", "RP_1"} <= set(everything)
    view.select_option("#by-verdict", "fail")
    assert set(shown(view)) == {"HN_E2", "TN_1"}
    view.select_option("#by-verdict", "")
    view.select_option("#by-area", "restore_point")
    assert shown(view) == ["RP_1"]
    view.select_option("#by-area", "")
    view.fill("#by-text", "APP-BACKUP@prod")
    assert shown(view) == ["HN_E2"]
    assert view.locator("#count").inner_text() == f"1 of {len(everything)} claims"


def test_a_deep_link_opens_its_claim(browser, file):
    view = browser.new_page()
    view.goto(f"{file.as_uri()}#HN_E2")
    assert view.locator("#HN_E2 > details[open]").count() > 0
    assert view.locator("#HN_E2").evaluate("one => one.getBoundingClientRect().top") < 800
    view.close()


def test_a_link_to_a_hidden_claim_shows_it(view):
    view.select_option("#by-verdict", "fail")
    view.evaluate("location.hash = '#RP_1'")
    view.wait_for_function("!document.getElementById('RP_1').hidden")


def test_every_link_within_the_page_leads_somewhere(view):
    broken = view.evaluate(
        "[...document.querySelectorAll('main a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    assert broken == []


def test_evidence_is_there_on_a_click(view):
    details = view.locator("#HN_E2 > details").filter(has_text="prod-app-data").first
    assert details.get_attribute("open") is not None, "a divergence is open from the start"
    assert "prod-app-data" in details.inner_text()
    steps = view.locator("#RP_1 > details").first
    assert not steps.locator("pre").first.is_visible()
    steps.locator("summary").first.click()
    assert "✓ When the destination" in steps.inner_text()


def test_the_keyboard_reaches_and_opens_a_scenario(view):
    view.fill("#by-text", "RP_1")
    for _ in range(60):
        view.keyboard.press("Tab")
        if view.evaluate("document.activeElement.closest('#RP_1') && document.activeElement.tagName") == "SUMMARY":
            break
    view.keyboard.press("Enter")
    assert view.locator("#RP_1 > details[open]").count() == 1


def test_nothing_scrolls_sideways_on_a_phone(view):
    view.set_viewport_size({"width": 400, "height": 800})
    view.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert view.evaluate("document.documentElement.scrollWidth") <= 400


CONTRAST = """() => {
  const channel = value => value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  const poor = [];
  for (const one of document.querySelectorAll("body *")) {
    const hasText = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (one.closest("svg") || !one.checkVisibility() || !hasText) continue;
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
}"""


def test_text_stands_out_from_its_background(view):
    assert view.evaluate(CONTRAST) == []


def test_shared_identities_are_drawn(view):
    picture = view.locator("#findings ~ article.finding svg").first
    assert "backup@cluster" in picture.text_content()


def test_names_from_outside_are_data(view):
    assert view.title() != "broken"
    assert HOSTILE in (view.locator("main").text_content() or "")
    assert view.locator("main img").count() == 0


def test_print_shows_what_is_folded_away(view):
    view.emulate_media(media="print")
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.locator("details:not([open])").count() == 0
    assert not view.locator("form").is_visible()
