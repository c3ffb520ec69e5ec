"""Format an audit for the terminal, from its plain values (docs/audit.schema.json)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from harness.audit.account import counted, in_files
from harness.audit.upkeep import in_words
from harness.volsync.kinds import SOURCE

SHOWN = 40
"""The number of entries of a section; audit.json has all."""
GAPS_SHOWN = 5

Entry = Mapping[str, Any]
UNKNOWN = ("open", "ambiguous", "unread")
"""The worries that make the result unknown even if they do not count."""
GOOD_OUTCOMES = ("restores", "elsewhere", "not-judged")
GOOD_STATES = ("good", "elsewhere", "not-judged")


def lines(facts: Mapping[str, Any], written: str) -> list[str]:
    """Return the report of an audit.

    Args:
        facts: The plain values of the audit.
        written: The folder with audit.json and the page.
    """
    if len(facts["clusters"]) < 2:
        facts = _without_cluster(facts)
    counted = {*facts["fail_on"], *UNKNOWN}
    against = facts["against"]

    def if_counted(worry: str) -> Callable[[Entry], bool]:
        return lambda one: worry in counted

    found = [
        *_section("destination", facts["destinations"], _destination, lambda one: one["outcome"] in counted),
        *_section("source", facts["sources"], _source, lambda one: one["state"] in counted),
        *_section("collision", facts["collisions"], _collision,
                  lambda one: ("collision" if one["mixes_histories"] else "shared-identity") in counted),
        *_section("orphan", facts["orphans"], _orphan, if_counted("orphan")),
        *(_section("policy beyond one tenant", facts["policies"], _policy, if_counted("policy"))
          if facts["policies"] else []),
        *(_section(f"change under {against}", facts["changes"], _change,
                   lambda one: "mismatch" in counted and not one["keeps_history"]) if against else []),
        *(_section(f"collision under {against} only", facts["new_collisions"], _collision, if_counted("mismatch"))
          if facts["new_collisions"] else []),
    ]  # fmt: skip
    if _is_listing(facts):
        found = _section("history", facts["orphans"], _orphan_with_lines, lambda one: False)
    found += [
        *_reading(facts["read"]),
        *([] if _is_listing(facts) else _rule(facts)),
        *_judged(facts),
        f"details: {written}",
        f"verdict: {_verdict(facts)}",
    ]
    return [printable(line) for line in found]


def _is_listing(facts: Mapping[str, Any]) -> bool:
    """Return True if no manifests were given: then the histories of the repository are the answer."""
    read = facts["read"]
    return not (facts["clusters"] or read["files"] or read["objects"] or read["skipped"])


def _judged(facts: Mapping[str, Any]) -> list[str]:
    earlier = [one for one in facts["clusters"] if one not in facts["judged"]]
    if not earlier:
        return []
    return [f"judged: {', '.join(facts['judged'])}; {', '.join(earlier)} came before, and only says who wrote what"]


def _without_cluster(value: Any) -> Any:
    """Return values without the name of the cluster, which is of no use if there is only one."""
    if isinstance(value, Mapping):
        return {key: "" if key == "cluster" else _without_cluster(inner) for key, inner in value.items()}
    return [_without_cluster(inner) for inner in value] if isinstance(value, list) else value


def printable(text: str) -> str:
    """Return a text with escapes in place of control characters, which a name in a repository may contain."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _section(
    title: str, entries: Sequence[Entry], row: Callable[[Entry], list[str]], is_bad: Callable[[Entry], bool]
) -> list[str]:
    """Return one section: its bad entries first, each with a mark."""
    ordered = sorted(entries, key=lambda one: not is_bad(one))
    head, _, rest = title.partition(" ")
    plural = "" if len(entries) == 1 else "s"
    head = f"{head.removesuffix('y')}ie" if plural and head.endswith("y") else head
    found = [f"{len(entries)} {head}{plural}{' ' + rest if rest else ''}{':' if entries else ''}"]
    for one in ordered[:SHOWN]:
        first, *more = row(one)
        found += [f"  {'✗' if is_bad(one) else '·'} {first}", *(f"      {line}" for line in more)]
    return [*found, *([f"  … and {len(entries) - SHOWN} more"] if len(entries) > SHOWN else []), ""]


def _destination(one: Entry) -> list[str]:
    found = [f"{_object(one)}  {one['outcome']}  {_identity(one)}{_request(one)}"]
    if one["snapshot"]:
        found.append(f"snapshot {_snapshot(one['snapshot'])}; {_number(one['snapshots'])}{_incomplete(one)}")
    found += [one["why"]] if one["why"] else []
    for near in one["near"]:
        owners = f"; written by {', '.join(near['owners'])}" if near["owners"] else ""
        found.append(f"near: {_identity(near)} ({near['why']}; {_number(near['snapshots'])}{owners})")
        found += _manifest(near["manifest"], "no manifest reaches it under this rule")
    return [*found, *([f"declared in {one['where']}"] if one["outcome"] not in GOOD_OUTCOMES else [])]


def _source(one: Entry) -> list[str]:
    found = [f"{_object(one)}  {one['state']}  {_identity(one)}"]
    if one["snapshots"] is not None:
        newest = f"; newest {_snapshot(one['newest'])}" if one["newest"] else ""
        found.append(f"{_number(one['snapshots'])}{_incomplete(one)}{newest}")
        if one["expires"]:
            found.append(f"retention keeps {one['kept']} and lets {one['expires']} expire")
    found += [one["why"]] if one["why"] else []
    if one["gaps"]:
        more = len(one["gaps"]) - GAPS_SHOWN
        found.append(f"gaps: {', '.join(one['gaps'][:GAPS_SHOWN])}{f' and {more} more' if more > 0 else ''}")
    return found


def _collision(one: Entry) -> list[str]:
    what = "one history" if one["mixes_histories"] else "one identity, different paths"
    number = "" if one["snapshots"] is None else f"; {_number(one['snapshots'])} at stake"
    place = f"; in {one['place']}" if one["place"] else ""
    return [
        f"{_identity(one)}  {what}: {'; '.join(one['reasons'])}{number}{place}",
        *(f"{_object(source)} in {source['where']}" for source in one["sources"]),
        *([f"different retention, the last backup decides: {' | '.join(one['policies'])}"] if one["policies"] else []),
    ]


def _orphan(one: Entry) -> list[str]:
    newest = f"; newest {_snapshot(one['newest'])}" if one["newest"] else ""
    found = [f"{_identity(one)}  {_number(one['snapshots'])}{_incomplete(one)}{newest}"]
    owner = f"likely owner: {_object(one['owner'])} ({one['why']})" if one["owner"] else "no likely owner"
    requested = [f"restored by {_object(destination)}" for destination in one["requested_by"]]
    found += [owner, *requested]
    if one["continue"]:
        found.append(f"with these lines, {SOURCE} {_object(one['owner'])} continues it:")
        found += _manifest(one["continue"], "")
    return found


def _orphan_with_lines(one: Entry) -> list[str]:
    """Return an orphan with the lines that restore it: without manifests, that is all that there is to say."""
    return [_orphan(one)[0], *_manifest(one["manifest"], "no manifest reaches it under this rule")]


def _policy(one: Entry) -> list[str]:
    keep = ", ".join(f"{period} {number}" for period, number in one["keep"].items())
    unowned = f", and {one['unowned']} histories without a source" if one["unowned"] else ""
    return [
        f"{one['target']}  keeps {keep}; governs {_number(one['snapshots'])}",
        f"of the namespaces {', '.join(one['tenants']) or 'of nobody'}{unowned}",
    ]


def _change(one: Entry) -> list[str]:
    verb = "keeps its history" if one["keeps_history"] else "loses its history"
    verb = verb if one["snapshots"] or not one["keeps_history"] else "has no history to lose"
    found = [f"{one['kind']} {_object(one)}  {verb}  {_identity(one['before'])} -> {_identity(one['after'])}"]
    if not one["keeps_history"]:
        found += [f"{one['why']}; {_number(one['snapshots'])}"]
        follows = "the override of the source that it names keeps it, too"
        otherwise = follows if one["follows_source"] else "no manifest keeps it under the other rule"
        found += _manifest(one["override"], otherwise)
    return found


def _manifest(manifest: str, otherwise: str) -> list[str]:
    return [f"  {line}" for line in manifest.splitlines()] if manifest else [f"  {otherwise}"]


def _reading(read: Entry) -> list[str]:
    used = ", ".join(f"{number} {kind}" for kind, number in read["used"].items()) or "nothing"
    over = ", ".join(f"{number} {kind}" for kind, number in read["passed_over"].items())
    found = [f"read {read['objects']} objects in {in_files(read['files'])}: used {used}"]
    found += [f"  passed over: {over}"] if over else []
    found += [f"  left out by their names: {in_files(read['other_files'])}"] if read["other_files"] else []
    entries = [f"{'may matter' if one['matters'] else 'skipped'}: {one['where']}: {one['why']}"
               for one in sorted(read["skipped"], key=lambda one: not one["matters"])]  # fmt: skip
    entries += [
        f"declared differently: {one['kind']} {_object(one)}; {one['where']} is used, but which one counts "
        "in the cluster is not known; build the manifests, or give each cluster its own --manifests"
        for one in read["ambiguous"]
    ]
    entries += [f"declared again: {one['object']} in {one['ignored']}; used is {one['used']}"
                for one in read["declared_again"]]  # fmt: skip
    entries += [f"open: {_object(one)} in {one['where']}: {_open(one['fields'])}" for one in read["open"]]
    found += [f"  {entry}" for entry in entries[:SHOWN]]
    return [*found, *([f"  … and {len(entries) - SHOWN} more"] if len(entries) > SHOWN else []), ""]


def _open(fields: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"{field} needs {', '.join(names)}" for field, names in fields.items())


def _rule(facts: Mapping[str, Any]) -> list[str]:
    rule, repository = facts["rule"], facts["repository"]
    found = [f"rule: {rule['name']}: {rule['says']}"]
    if repository["snapshots"] is not None and facts["clusters"]:
        explained = "; ".join(f"{one['name']} {one['snapshots']}" for one in facts["rules"])
        found.append(f"snapshots that each rule explains, of {repository['snapshots']}: {explained}")
        if facts["sources"] and repository["snapshots"] and not any(one["snapshots"] for one in facts["rules"]):
            found.append("  no rule explains a snapshot: describe that of your operator in a file (--rules FILE)")
        elif rule["as_good"]:
            found.append(f"  as good: {', '.join(rule['as_good'])}; say which one your operator follows (--rules NAME)")
    return found


def _verdict(facts: Mapping[str, Any]) -> str:
    """Return the verdict; first what makes the answers incomplete, then what counts, then what does not."""
    worries, found = facts["worries"], []
    if _is_listing(facts):
        return f"{facts['verdict']}: {len(facts['orphans'])} histories are listed, and nothing was judged"
    if unclear := sum(worries.get(name, 0) for name in UNKNOWN):
        found.append(f"INCOMPLETE: {unclear} files or objects were not read, or are not clear")
    for words, names in (
        ("", [name for name in worries if name in facts["fail_on"] and name not in UNKNOWN]),
        ("not counted: ", [name for name in worries if name not in (*facts["fail_on"], *UNKNOWN)]),
    ):
        if names:
            found.append(words + ", ".join(f"{worries[name]} {name}" for name in names))
    details = "; ".join(found)
    return f"{facts['verdict']} ({details})" if found else str(facts["verdict"])


def _object(one: Entry) -> str:
    return f"{one['namespace']}/{one['name']}{' of ' + one['cluster'] if one['cluster'] else ''}"


def _identity(one: Entry) -> str:
    if one["username"] is None:
        return "no identity"
    return f"{one['username']}@{one['hostname']}{':' + one['path'] if one['path'] else ''}"


def _request(one: Entry) -> str:
    parts = [f"{words} {one[key]}" for key, words in
             (("as_of", "as of"), ("previous", "previous"), ("shallow", "shallow")) if one[key]]  # fmt: skip
    return f"  ({', '.join(parts)})" if parts else ""


def _snapshot(one: Entry) -> str:
    size = "" if one["size_bytes"] is None else f", {one['size_bytes']:,} bytes"
    failed = f", {one['failed_files']} files could not be read" if one["failed_files"] else ""
    return f"{one['id']} of {one['end']} ({in_words(timedelta(seconds=one['age_seconds']))} old{size}{failed})"


def _number(number: int) -> str:
    return counted(number, "snapshot")


def _incomplete(one: Entry) -> str:
    return f" and {one['incomplete']} incomplete" if one["incomplete"] else ""
