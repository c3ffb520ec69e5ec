"""Operators that show the password of a repository, each in another place."""

import base64
from collections.abc import Mapping

from harness.model import Identity, Manifest, MoverResult
from harness.operator.decisions import Decisions
from harness.volsync.discovery import Discovered


class _Knowing(Decisions):
    """Remembers the password of the Secret that it looked into last."""

    password = ""

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        self.password = secret.get("KOPIA_PASSWORD", "")
        return super().missing_key(secret)


class InItsLog(_Knowing):
    """Prints what the Secret holds, as the API gives it."""

    def missing_key(self, secret: Mapping[str, str]) -> str | None:
        missing = super().missing_key(secret)
        print(f"debug: KOPIA_PASSWORD: {base64.b64encode(self.password.encode()).decode()}", flush=True)
        return missing


class InTheJob(_Knowing):
    """Writes the password into the Job instead of a reference to the Secret."""

    def environment(self, manifest: Manifest, env: Mapping[str, str]) -> Mapping[str, str]:
        return {**env, "KOPIA_OLD_PASSWORD": self.password}


class InACondition(_Knowing):
    """Tells the user of a restore that failed with which password the repository was opened."""

    def failure_message(self, requested: Identity | None, discovered: Discovered, result: MoverResult) -> str:
        return f"{super().failure_message(requested, discovered, result)} (opened with {self.password})"
