import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.audit import writer
from profiling.audit.drift import NoSuchAudit, drift, drift_lines, read_snapshot, snapshot
from profiling.audit.dsl.read import parse
from profiling.audit.dsl.records import Edge
from profiling.audit.model import CallSite, FunctionNode
from profiling.audit.report import Audit

Named = Callable[[str], Audit]


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_has_every_file_of_the_specification(tmp_path: Path, audit: Audit) -> None:
    folder = writer.write(audit, tmp_path / "audit")

    assert folder == tmp_path / "audit" / "2026-01-31"
    assert sorted(contents(folder)) == [
        "actions/main.dsl",
        "actions/main.md",
        "actions/main.mmd",
        "actions/main.tree",
        "call_graph.dsl",
        "errors.md",
        "expensive_ops.dsl",
        "micro_benchmarks.md",
        "optimization_candidates.md",
        "state_mutations.dsl",
        "summary.md",
    ]
    assert [path.name for path in (tmp_path / "audit").iterdir()] == ["2026-01-31"]


def test_the_graph_that_is_written_has_every_function_with_its_calls(tmp_path: Path, audit: Audit) -> None:
    folder = writer.write(audit, tmp_path / "audit")
    records = list(parse((folder / "call_graph.dsl").read_text()))

    written = [record for record in records if isinstance(record, FunctionNode)]
    assert [node.name for node in written] == list(audit.nodes)
    assert [node.calls for node in written] == [node.calls for node in audit.nodes.values()]
    assert audit.problems[0] in records


def test_a_second_audit_of_the_day_replaces_the_first(tmp_path: Path, audit: Audit) -> None:
    writer.write(audit, tmp_path / "audit")
    other = replace(audit.actions[0], action=replace(audit.actions[0].action, name="other"))
    folder = writer.write(replace(audit, actions=(other,)), tmp_path / "audit")

    assert sorted(path.name for path in (folder / "actions").iterdir()) == [
        "other.dsl",
        "other.md",
        "other.mmd",
        "other.tree",
    ]


def test_an_audit_that_can_not_be_finished_leaves_the_earlier_one(
    tmp_path: Path, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(writer.write(audit, tmp_path / "audit"))

    def fails(_: Audit) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "render_errors", fails)
    with pytest.raises(writer.CannotWrite, match="No space left"):
        writer.write(replace(audit, notes=("another",)), tmp_path / "audit")

    assert contents(tmp_path / "audit" / "2026-01-31") == before
    assert [path.name for path in (tmp_path / "audit").iterdir()] == ["2026-01-31"]


def test_what_a_killed_audit_left_is_put_right_by_the_next(tmp_path: Path, audit: Audit) -> None:
    folder = writer.write(audit, tmp_path / "audit")
    folder.rename(folder.with_name(".2026-01-31.old"))
    (tmp_path / "audit" / ".2026-01-31-abc.tmp").mkdir()

    writer.write(replace(audit, day=date(2026, 1, 31)), tmp_path / "audit")

    assert [path.name for path in (tmp_path / "audit").iterdir()] == ["2026-01-31"]


@pytest.mark.parametrize("name", ["audit", "audit/2026-01-31"])
def test_a_link_that_the_repository_brought_along_is_not_followed(tmp_path: Path, audit: Audit, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = tmp_path / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)

    with pytest.raises(writer.CannotWrite, match="is a symbolic link"):
        writer.write(audit, tmp_path / "audit")

    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a/b"])
def test_an_action_can_not_be_written_outside_the_folder(tmp_path: Path, audit: Audit, name: str) -> None:
    action = replace(audit.actions[0].action, name=name)

    with pytest.raises(writer.CannotWrite, match="can't"):
        writer.write(replace(audit, actions=(replace(audit.actions[0], action=action),)), tmp_path / "audit")

    assert [path.name for path in tmp_path.rglob("*")] == ["audit"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_refuses_is_told(tmp_path: Path, audit: Audit) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(writer.CannotWrite, match="can't be written"):
        writer.write(audit, tmp_path / "audit")
    tmp_path.chmod(0o700)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=20))
def test_any_name_is_written_and_read_back(tmp_path_factory: pytest.TempPathFactory, named: Named, name: str) -> None:
    audit = named(name)
    folder = writer.write(audit, tmp_path_factory.mktemp("any") / "audit")

    assert drift(snapshot(audit), read_snapshot(folder)).is_empty


def test_an_audit_does_not_differ_from_what_was_written_of_it(tmp_path: Path, audit: Audit) -> None:
    found = drift(read_snapshot(writer.write(audit, tmp_path / "audit")), snapshot(audit))

    assert found.is_empty
    assert list(drift_lines(found))[-1] == "  nothing differs"


def test_drift_tells_functions_calls_and_costs(
    audit: Audit, node: Callable[..., FunctionNode], call: Callable[..., CallSite]
) -> None:
    save, load = audit.nodes["shop.app.save"], audit.nodes["shop.app.load"]
    cheaper = replace(load.expensive_ops[0], weight=20_000.0)
    nodes = {
        "shop.app.main": node("shop.app.main", call("shop.app.load"), call("shop.app.added")),
        "shop.app.load": load,
        "shop.app.added": node("shop.app.added"),
    }
    after = replace(
        audit,
        nodes=nodes,
        expensive_ops={"shop.app.load": (cheaper,)},
        state_mutations={},
        actions=(replace(audit.actions[0], total_load=60_000.0),),
    )
    found = drift(snapshot(audit), snapshot(after))

    assert found.added_functions == ["shop.app.added shop/app.py:3"]
    assert found.removed_functions == [f"shop.app.save {save.file}:{save.line}"]
    assert found.added_edges == [Edge(caller="shop.app.main", callee="shop.app.added")]
    assert Edge(caller="shop.app.main", callee="shop.app.save") in found.removed_edges
    assert [(one.name, one.before, one.after) for one in found.costs] == [
        ("shop.app.load", 50_000.0, 20_000.0),
        ("shop.app.save", 150.0, None),
    ]
    assert [(one.name, one.before, one.after) for one in found.mutations] == [("shop.app.main", 1, None)]
    assert [(one.name, one.difference) for one in found.actions] == [("main", -90_150.0)]
    assert "    shop.app.load: 50k -> 20k" in list(drift_lines(found))


def test_an_action_that_only_one_audit_was_asked_for_is_no_drift(audit: Audit) -> None:
    assert drift(snapshot(audit), snapshot(replace(audit, actions=()))).actions == []


def test_a_long_drift_says_how_much_it_leaves_out(audit: Audit, node: Callable[..., FunctionNode]) -> None:
    nodes = {**audit.nodes, **{f"f{place}": node(f"f{place}") for place in range(100)}}
    lines = list(drift_lines(drift(snapshot(audit), snapshot(replace(audit, nodes=nodes)))))

    assert "  100 functions added" in lines
    assert "    and 60 more" in lines


def test_a_damaged_audit_is_named_with_the_place(tmp_path: Path, audit: Audit) -> None:
    folder = writer.write(audit, tmp_path / "audit")
    (folder / "expensive_ops.dsl").write_text("a b fn\n")

    with pytest.raises(NoSuchAudit, match=r"expensive_ops\.dsl: line 1, column 5"):
        read_snapshot(folder)


@pytest.mark.parametrize(
    ("text", "what"),
    [("format 2 pair\n", "format 2"), ("\udcff", "codec can't decode"), (None, "can't be read")],
)
def test_an_audit_of_another_kind_is_refused(tmp_path: Path, audit: Audit, text: str | None, what: str) -> None:
    folder = writer.write(audit, tmp_path / "audit")
    path = folder / "call_graph.dsl"
    path.unlink() if text is None else path.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(NoSuchAudit, match=what):
        read_snapshot(folder)


def test_a_day_without_an_audit_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSuchAudit, match="there is no audit at"):
        read_snapshot(tmp_path / "2026-01-30")
