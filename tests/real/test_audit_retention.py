"""What an audit says that retention leaves, against kopia: what it expires is what the audit says expires."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from harness.audit.audit import Question, audit
from harness.audit.organisation import Organisation
from harness.audit.rules import BUILT_IN
from harness.audit.upkeep import Clock
from harness.kopia import reading
from harness.kopia.client import KopiaClient, require
from harness.kopia.policies import KEYS, Policies
from harness.kopia.reading import Folder
from harness.model import Identity, RepositoryAccess
from harness.mover.reference import RETAIN_FLAGS
from harness.toolchain import provision
from tests.unit.audit_world import source

pytestmark = pytest.mark.beside_others

ORGANISATIONS = 6
SNAPSHOTS = 24
ACCESS = RepositoryAccess("a-password-of-a-folder", "", "")
ORDERS = Identity("orders", "shop")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STEPS = [timedelta(minutes=20), timedelta(hours=1), timedelta(hours=7), timedelta(days=1), timedelta(days=9),
         timedelta(days=40), timedelta(days=400)]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 5]


def drawn(number):
    """Return what a source retains, what policies of the repository keep, and its snapshots, the newest first."""
    random = Random(number)
    retain = {period: random.choice(NUMBERS) for period in KEYS.values() if random.random() < 0.6}
    targets = ["--global", "@shop", "orders@shop", "orders@shop:/data"]
    of_repository = {target: {key: random.choice(NUMBERS) for key in KEYS if random.random() < 0.4}
                     for target in targets if random.random() < 0.6}  # fmt: skip
    at, history = NOW, []
    for place in range(SNAPSHOTS):
        # kopia deletes an incomplete snapshot that is older than a whole one as soon as the next one is created.
        history.append(
            (at, random.choice(["incomplete", "incomplete", "whole"] if place < 5 else ["whole"] * 9 + ["pinned"]))
        )
        at -= random.choice(STEPS) + timedelta(seconds=random.randint(0, 3000))
    return retain, of_repository, history


def flags(keep):
    """Return the flags of ``kopia policy set``; ``keep`` has the periods of a source, or the keys of kopia."""
    periods = {KEYS.get(key, key): number for key, number in keep.items()}
    return [f"--keep-{RETAIN_FLAGS.get(period, period)}={number}" for period, number in periods.items()]


class World:
    """A repository in a folder, with the history of one source."""

    def __init__(self, folder):
        self.folder = folder
        self.kopia = provision.kopia(None, {}, print).path
        self.client = KopiaClient(self.kopia, folder / "client", folder / "cache", ACCESS, lambda call: None)
        (folder / "repository").mkdir()
        require(self.client.run("repository", "create", "filesystem", f"--path={folder / 'repository'}",
                                f"--override-username={ORDERS.username}", f"--override-hostname={ORDERS.hostname}"),
                "create")  # fmt: skip

    def policy(self, target, *keep):
        require(self.client.run("policy", "set", target, *keep), "set a policy")

    def write(self, at, kind):
        content = self.folder / "content"
        content.mkdir(exist_ok=True)
        more = [
            f"--start-time={at:%Y-%m-%d %H:%M:%S} UTC",
            f"--end-time={at + timedelta(seconds=5):%Y-%m-%d %H:%M:%S} UTC",
        ]
        more += ["--pin=kept"] if kind == "pinned" else []
        if kind == "incomplete":
            content = self.folder / "large"
            content.mkdir(exist_ok=True)
            for number in range(2):
                (content / f"{number}").write_bytes(Random(f"{at}{number}").randbytes(2 << 20))
            more.append("--upload-limit-mb=1")
        require(self.client.snapshot(content, "/data", *more), "write")

    def contents(self):
        return reading.contents(self.kopia, Folder(self.folder / "repository", ACCESS), self.folder / "reader", print)


@pytest.mark.parametrize("number", range(ORGANISATIONS))
def test_kopia_keeps_what_the_audit_says_is_kept(tmp_path, number):
    retain, of_repository, history = drawn(number)
    world = World(tmp_path)
    world.policy("--global", *flags(dict.fromkeys(KEYS, 1000)))
    for at, kind in history:
        world.write(at, kind)
    world.policy("--global", *flags(dict.fromkeys(KEYS, "inherit")))
    for target, keep in of_repository.items():
        if keep:
            world.policy(target, *flags(keep))
    found = world.contents()
    declared = source("orders", **{f"retain.{period}": f"{value}" for period, value in retain.items()})
    question = Question(Organisation([declared]), found.snapshots, Clock(NOW), rule=BUILT_IN["object-name"],
                        policies=Policies(found.policies))  # fmt: skip
    (upkeep,) = audit(question).sources
    said = {one.record.id for one in upkeep.left}
    # As the mover does with the next backup of the source.
    if retain:
        world.policy("orders@shop:/data", *flags(retain))
    require(world.client.run("snapshot", "expire", "--delete", "orders@shop:/data"), "expire")
    kept = {one["id"] for one in json.loads(world.client.list_snapshots("--all").stdout)}
    assert said == kept, (retain, of_repository)
    assert len(kept) < len(found.snapshots)


def test_the_drawn_histories_have_pins_incomplete_snapshots_and_policies():
    kinds = [kind for number in range(ORGANISATIONS) for _, kind in drawn(number)[2]]
    assert min(kinds.count("pinned"), kinds.count("incomplete")) > 5
    assert sum(bool(drawn(number)[1]) for number in range(ORGANISATIONS)) >= 4
