"""In which forms a secret is found, and what is no form of it."""

import base64
import html
import json
import shlex
import urllib.parse

import pytest
import yaml

from harness.scenario.context import random_password
from harness.system import secret_forms
from harness.system.process import Redactor

PASSWORD = random_password()
SHORT = 'it\'s \\ "mine" $x ü'
WRITTEN = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON with letters as they are": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps({"log": json.dumps({"p": text})}),
    "YAML": yaml.safe_dump,
    "HTML": html.escape,
    "a URL": urllib.parse.quote,
    "a form": urllib.parse.quote_plus,
    "Python": repr,
    "a shell": shlex.quote,
    "bash -x in a plain locale": lambda text: "$'" + text.encode().decode("latin-1").replace("'", "\\'") + "'",
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_password_of_the_suite_is_found_however_it_is_quoted(how):
    text = f"kopia connect --password={WRITTEN[how](PASSWORD)} --bucket=orders"
    assert secret_forms.shows(text, [PASSWORD])
    assert PASSWORD[-32:] not in secret_forms.hidden(text, [PASSWORD])


@pytest.mark.parametrize("how", sorted(set(WRITTEN) - {"JSON in JSON", "bash -x in a plain locale", "YAML"}))
def test_any_other_password_is_found_in_the_usual_quotes(how):
    text = f"with {WRITTEN[how](SHORT)}"
    assert secret_forms.shows(text, [SHORT])
    assert not secret_forms.shows(secret_forms.hidden(text, [SHORT]), [SHORT])


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "p", "pw", "password: "])
@pytest.mark.parametrize("after", ["", "\n", "; user: me"])
@pytest.mark.parametrize("padding", [True, False])
@pytest.mark.parametrize("secret", [PASSWORD, SHORT, "?>?>?>?>?>"], ids=["password", "short", "signs"])
def test_a_secret_is_found_in_base64_wherever_it_stands(encode, before, after, padding, secret):
    letters = encode(f"{before}{secret}{after}".encode()).decode()
    text = f"data: {letters if padding else letters.rstrip('=')} end"
    assert secret_forms.shows(text, [secret])
    redacted = secret_forms.hidden(text, [secret])
    assert not secret_forms.shows(redacted, [secret])
    assert redacted.startswith("data: ")
    assert redacted.endswith(" end")


def test_lines_that_base64_is_broken_into_hide_nothing():
    text = base64.encodebytes(f"{'x' * 50}{PASSWORD}".encode()).decode()
    assert text.count("\n") > 1
    assert secret_forms.shows(text, [PASSWORD])
    assert not secret_forms.shows(secret_forms.hidden(text, [PASSWORD]), [PASSWORD])


@pytest.mark.parametrize(
    "text",
    [
        "KOPIA_PASSWORD is set",
        "export KOPIA_PASSWORD=*** AWS_SECRET_ACCESS_KEY",
        "secretKeyRef: {name: kopia-repository, key: KOPIA_PASSWORD}",
        base64.b64encode(b"KOPIA_PASSWORD is set, and long enough").decode(),
        PASSWORD[:8],
        PASSWORD[8:-32],
        "",
    ],
    ids=["name", "shell", "reference", "name in base64", "first word", "second word", "nothing"],
)
def test_what_only_names_a_secret_shows_none(text):
    assert not secret_forms.shows(text, [PASSWORD, "volsync-kopia-conformance1"])
    assert secret_forms.hidden(text, [PASSWORD, "volsync-kopia-conformance1"]) == text


def test_a_word_within_a_secret_is_no_secret():
    assert not secret_forms.shows("this is volsync-kopia-conformance1's log of conformance1", ["mine-conformance1"])


def test_secrets_are_replaced_within_values_of_any_shape():
    redact = Redactor()
    redact.add([SHORT, PASSWORD])
    value = {"log": [f"a {SHORT} b", {"deep": (PASSWORD, 1, None, 2.5, True)}], SHORT: "key"}
    assert redact.values(value) == {"log": ["a *** b", {"deep": ["***", 1, None, 2.5, True]}], "***": "key"}


def test_every_password_has_what_a_careless_mover_breaks_on():
    assert random_password() != random_password()
    assert all(mark in PASSWORD for mark in "\"'\\$ `ü")
    assert not secret_forms.shows(random_password(), [PASSWORD])
