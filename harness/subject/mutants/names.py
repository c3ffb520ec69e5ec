"""Mutants that change a name that is long, repeats a character, looks like a number, or has non-ASCII letters."""

from __future__ import annotations

import re

from harness.document import rules
from harness.operator.decisions import Decisions
from harness.subject.mutants.registry import mutant

HOST_NAME_MAX = 64
"""The limit of Linux for a hostname."""


@mutant("custom-username-cut", fails="UN_1", unrelated="UN_6 CU_E1 HN_1")
class _CustomUsernameCut(Decisions):
    """A custom username has at most 50 characters, as a combined one has."""

    def custom_username(self, value: str) -> str:
        return value[: rules.MAX_COMBINED_LENGTH]


@mutant("custom-hostname-cut", fails="HN_1", unrelated="UN_6 CU_E1 HN_E1")
class _CustomHostnameCut(Decisions):
    """A custom hostname has at most the 64 characters that Linux allows."""

    def custom_hostname(self, value: str) -> str:
        return value[:HOST_NAME_MAX]


@mutant("namespace-cut", fails="HN_2", unrelated="SH_1 UN_6 TN_1")
class _NamespaceCut(Decisions):
    """A default hostname has at most 50 characters."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return super().default_hostname(namespace[: rules.MAX_COMBINED_LENGTH], pvc)


@mutant("namespace-read-as-a-number", fails="HN_2", unrelated="SH_1 UN_6 TN_1")
class _NamespaceReadAsANumber(Decisions):
    """A namespace of digits loses its leading zeros, as it does where YAML is written without quotes."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return str(int(namespace)) if namespace.isdecimal() else super().default_hostname(namespace, pvc)


@mutant("hyphens-of-usernames-joined", fails="SU_1", unrelated="SU_E UN_4 HN_2")
class _HyphensOfUsernamesJoined(Decisions):
    """Sanitising leaves one hyphen or underscore where there are more."""

    def sanitise_username(self, text: str) -> str:
        return re.sub(r"([-_])\1+", r"\1", super().sanitise_username(text))


@mutant("hyphens-of-hostnames-joined", fails="SH_1 HN_2", unrelated="SH_E HN_4 UN_4")
class _HyphensOfHostnamesJoined(Decisions):
    """Sanitising leaves one hyphen or dot where there are more."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        return re.sub(r"([-.])\1+", r"\1", super().default_hostname(namespace, pvc))


@mutant("letters-of-every-language-kept", fails="SH_1", unrelated="SH_E HN_2 HN_4")
class _LettersOfEveryLanguageKept(Decisions):
    """Sanitising keeps in a hostname what Unicode calls a letter or a digit."""

    def default_hostname(self, namespace: str, pvc: str) -> str:
        text = re.sub(r"[^\w.-]", "", namespace.replace("_", "-")).strip("-.")
        return text or rules.FALLBACK


@mutant("two-characters-refused", fails="VA_V", unrelated="VA_I VA_1 UN_1")
class _TwoCharactersRefused(Decisions):
    """Admission wants a character between the first and the last one of a custom name."""

    def accepts_custom_name(self, value: str) -> bool:
        return super().accepts_custom_name(value) and len(value) != 2
