"""The rules for identities: the built-in ones, and those of a file; bad files are one line."""

import re
from pathlib import Path

import pytest
import yaml

from harness.audit import rule_file
from harness.audit.audit import Outcome
from harness.audit.rules import BUILT_IN, alternatives, named
from harness.errors import UsageError
from harness.volsync import objects
from tests.unit.audit_world import answer, destination, entry, source

LONG = "a-name-that-is-so-long-that-no-namespace-fits-behind-it"


def identities(rule, *declared):
    found = answer(declared, (), rule=rule)
    return [str(one.asked) if one.asked else one.why for one in (*found.sources, *found.predictions)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("object-name", ["orderseu@shop:/data", f"{LONG}@shop:/data", "team@site:/srv"]),
        ("object-name-namespace", ["orderseu-shop@shop:/data", f"{LONG}@shop:/data", "team@site:/srv"]),
        ("namespace-pvc", ["orderseu-shop@shop-pvc:/data", f"{LONG}@shop-pvc:/data", "team@site:/srv"]),
    ],
)
def test_built_in_rules_make_identities(rule, expected):
    declared = [
        source("orders.eu", sourcePVC="pvc"),
        source(LONG, sourcePVC="pvc"),
        source("b", username="team", hostname="site", sourcePathOverride="/srv"),
    ]
    assert identities(rule, *declared) == expected


def test_custom_names_are_refused_or_taken_as_given():
    declared = source("orders", username="me@home.test", hostname="-site")
    (refused,) = identities("object-name", declared)
    assert refused.startswith('spec.kopia.username: Invalid value: "me@home.test"')
    assert identities("object-name,as-given", declared) == ["me@home.test@-site:/data"]


def test_the_older_rule_takes_the_pvc_that_a_destination_gives_for_a_missing_source():
    plain = destination("orders", destinationPVC="pvc")
    named_one = destination("restore", sourceName="orders", sourcePVCName="claim")
    existing = destination("restore", sourceName="orders", sourcePVCName="ignored")
    assert identities("namespace-pvc", plain) == ["orders-shop@shop-pvc:/data"]
    assert identities("namespace-pvc", named_one) == ["orders-shop@shop-claim:/data"]
    assert identities("namespace-pvc", source("orders", sourcePVC="own"), existing)[1] == "orders-shop@shop-own:/data"


def test_alternatives_are_the_other_defaults():
    assert [one.name for one in alternatives(BUILT_IN["object-name,as-given"])] == [
        "object-name-namespace",
        "namespace-pvc",
        "pvc",
    ]


def test_an_unknown_rule_names_the_known_ones():
    with pytest.raises(
        UsageError, match=r"--rules other: no such rule, and no file of this name; use auto, one of obj"
    ):
        named("other")


FILE = """
name: other-operator
says: the username is the PVC
defaults: {username: "{{ pvc }}", hostname: "{{ namespace | as_hostname }}.{{ labels.team }}", path: "/pvc/{{ pvc }}"}
table:
- {source: shop/special, username: "a b", hostname: "c:d", path: /x}
"""


@pytest.fixture
def rule(tmp_path):
    def write(text=FILE):
        (tmp_path / "rule.yaml").write_text(text)
        return rule_file.read(str(tmp_path / "rule.yaml"))

    return write


def labelled(declared):
    metadata = {**declared.manifest["metadata"], "labels": {"team": "red"}}
    return type(declared)(declared.cluster, {**declared.manifest, "metadata": metadata}, "")


def test_a_rule_of_a_file_makes_identities_from_templates_and_a_table(rule):
    found = rule(FILE.replace("{{ labels.team }}", "{{ labels.get('team', 'none') }}"))
    declared = [
        labelled(source("orders", sourcePVC="claim")),
        source("special"),
        source("plain", sourcePVC="p", username="me", sourcePathOverride="/own"),
    ]
    assert (found.name, found.says) == ("other-operator", "the username is the PVC")
    assert identities(found, *declared) == ["claim@shop.red:/pvc/claim", "a b@c:d:/x", "me@shop.none:/own"]


def test_a_destination_asks_by_the_rule_of_a_file(rule):
    found = rule(FILE.replace(".{{ labels.team }}", ""))
    wanted = destination("restore", sourceName="orders", sourceNamespace="shop")
    gone = destination("restore", sourceName="gone", sourcePVCName="claim")
    table = destination("restore", sourceName="special")
    assert identities(found, source("orders"), wanted)[1] == "orders-pvc@shop:/pvc/orders-pvc"
    assert identities(found, gone) == ["claim@shop:/pvc/claim"]
    assert identities(found, table) == ["a b@c:d:/x"]
    answered = answer([source("orders"), wanted], [entry("orders-pvc", path="/pvc/orders-pvc")], rule=found)
    assert answered.predictions[0].outcome is Outcome.RESTORES


def test_the_rules_of_the_docs_are_rules(rule):
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    texts = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "defaults:" in text]
    found = [identities(rule(text), source("webapp", "shop", sourcePVC="web.data")) for text in texts]
    assert found == [["web.data@shop:/pvcs/web.data"], ["webapp@shop-web.data:/data"]]


def test_custom_names_can_be_ignored(rule):
    found = rule("{name: x, custom-names: ignored, table: [{source: shop/a, username: u, hostname: h}]}")
    assert identities(found, source("orders", username="me")) == ["orders@shop:/data"]
    assert identities(found, destination("a", username="me", hostname="me")) == ["u@h:/data"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "rule.yaml: top level: "),
        ("{name: x, defaults: {username: a}}", "rule.yaml: defaults: 'hostname' is a required property"),
        ("{name: 'a,b', table: []}", "rule.yaml: name: 'a,b' does not match"),
        ("{name: x, table: [{source: a, username: u, hostname: h}]}", "rule.yaml: table.0.source: 'a' does not match"),
        ("{name: x, defaults: {username: '{{', hostname: h}}", "defaults.username: '{{' is no template"),
        (
            "{name: x, defaults: {username: '{{ nam }}', hostname: h}}",
            "defaults.username: cannot be used for namespace",
        ),
        (
            "{name: x, defaults: {username: '{{ name.__class__.__mro__ }}', hostname: h}}",
            "defaults.username: cannot be",
        ),
        ("{name: x, defaults: {username: '{{ name | nosuch }}', hostname: h}}", "is no template"),
        ("{name: x, defaults: {username: '{{ 1 // 0 }}', hostname: h}}", "defaults.username: cannot be used"),
        ("{name: [}", "rule.yaml, line 1: not YAML; docs/audit.md shows the form"),
    ],
)
def test_a_bad_file_is_one_line(rule, text, said):
    with pytest.raises(UsageError) as raised:
        rule(text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{{ ("a" * 10000000000)|length }}', "* is only for numbers up to 1000"),
        ("{{ 3 * [name] }}", "* is only for numbers"),
        ("{{ 10 ** 100000000 }}", "** is only for numbers"),
        ("{{ '%1000000000d' % 1 }}", "% is only for numbers"),
        ("{{ '{:>1000000000}'.format(1) }}", "unsafe"),
        ("{{ '%1000000000d'|format(1) }}", "is no template"),
        ("{{ name.ljust(10000000000) }}", "larger than 1000"),
        ("{{ name.ljust(900) }}", "unsafe"),
        ("{{ 'a'|center(10000000000) }}", "is no template"),
        ("{{ 'a'|truncate(10000000000) }}", "truncate: larger than 1000"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "only expressions and if"),
        ("{% set a = name ~ name %}{{ a }}", "only expressions and if"),
        ("{{ range(9) }}", "'range' is undefined"),
        ("{{ name" + "|replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 9 + " }}", "replace: larger than 1000"),
        ("{{ name" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 9 + " }}", "replace: larger than 1000"),
        ("{{ name }}" * 101, "is no template: longer than 1000"),
        ("{{ " + "~".join(["namespace"] * 98) + " }}" + "x" * 10, None),
        ("{{ " + "(" * 400 + "name" + ")" * 400 + " }}", None),
        ("{{ 3 * 4 // 2 % 5 }}", "1"),
        ("{% if name.startswith('orders') %}{{ name.split('-')[0] | upper }}{% endif %}", "ORDERS"),
    ],
)
def test_a_template_is_bounded(rule, text, said):
    try:
        found = rule(yaml.dump({"name": "x", "defaults": {"username": text, "hostname": "h"}}))
        assert said is None or identities(found, source("orders-1"))[0] == f"{said}@h:/data"
    except UsageError as error:
        assert said is None or said in str(error)
        assert len(str(error)) < 600


def test_a_template_that_fits_no_object_names_it(rule):
    found = rule(FILE)
    with pytest.raises(UsageError, match=r"rule.yaml: defaults.hostname: cannot be used for shop/orders"):
        identities(found, source("orders"))


def test_a_remedy_under_a_rule_of_a_file_reaches_or_is_empty(rule):
    ignoring = rule("{name: x, custom-names: ignored, defaults: {username: '{{ name }}', hostname: h}}")
    (found,) = answer([destination("orders")], [entry("order", "h")], rule=ignoring).predictions
    assert [near.fields for near in found.near] == [{}], "custom names have no effect"
    taking = rule("{name: x, defaults: {username: '{{ name }}', hostname: h}}")
    (found,) = answer([destination("orders")], [entry("order", "h")], rule=taking).predictions
    assert [near.fields for near in found.near] == [{"username": "order", "hostname": "h"}]
    assert objects.source("a", "b")["kind"]
