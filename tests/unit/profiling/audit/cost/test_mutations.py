import pytest

from profiling.audit.model import MutationKind, StateMutation, Write, WriteKind
from profiling.audit.mutations import build_state_mutations_index


@pytest.fixture
def calling(graph, node, site):
    return lambda text, *callees, **facts: graph(node("app.f", site(text, *callees, **facts)))


def write(kind, target, *, method="", local=False, line=4):
    return Write(kind=kind, target=target, method=method, local=local, line=line)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (write(WriteKind.ATTRIBUTE, "self.history"), MutationKind.ATTR_WRITE),
        (write(WriteKind.GLOBAL, "COUNT"), MutationKind.GLOBAL_WRITE),
        (write(WriteKind.ITEM, "CACHE"), MutationKind.CONTAINER_MUTATE),
        (write(WriteKind.METHOD, "self.events", method="append"), MutationKind.CONTAINER_MUTATE),
    ],
)
def test_a_store_that_outlives_its_call_is_a_mutation(graph, node, made, kind):
    found = build_state_mutations_index(graph(node("app.f", writes=(made,))))

    assert found == {"app.f": (StateMutation(target=made.target, kind=kind, line=4),)}


@pytest.mark.parametrize(
    "made",
    [
        write(WriteKind.ATTRIBUTE, "made.field", local=True),
        write(WriteKind.ITEM, "rows", local=True),
        write(WriteKind.METHOD, "rows", method="append", local=True),
        write(WriteKind.METHOD, "self.events", method="index"),
    ],
)
def test_a_store_that_ends_with_its_call_is_none(graph, node, made):
    assert build_state_mutations_index(graph(node("app.f", writes=(made,)))) == {}


@pytest.mark.parametrize(
    ("text", "callees", "facts", "target"),
    [
        ("open", ("<builtin>.open",), {"literal": "out.txt", "mode": "w"}, "file:out.txt"),
        ("open", ("<builtin>.open",), {"mode": "ab"}, "file:?"),
        ("open", ("<builtin>.open",), {"mode": "r+", "literal": "x"}, "file:x"),
        ("path.open", (), {"mode": "x"}, "file:?"),
        ("path.write_text", (), {"literal": "content"}, "file:?"),
        ("Path('a.txt').write_bytes", ("pathlib.Path.write_bytes",), {}, "file:a.txt"),
        ("os.remove", ("os.remove",), {"literal": "old"}, "file:old"),
        ("pickle.dump", ("pickle.dump",), {}, "file:?"),
    ],
)
def test_what_writes_a_file_is_a_mutation_of_it(calling, text, callees, facts, target):
    found = build_state_mutations_index(calling(text, *callees, line=2, **facts))

    assert found == {"app.f": (StateMutation(target=target, kind=MutationKind.FILE_WRITE, line=2),)}


@pytest.mark.parametrize(
    ("text", "callees", "target"),
    [
        ("self.jobs.put", ("queue.Queue.put",), "self.jobs"),
        ("work_queue.put", (), "work_queue"),
        ("self.sock.sendall", (), "self.sock"),
        ("conn.send", ("multiprocessing.connection.Connection.send",), "conn"),
        ("subprocess.run", ("subprocess.run",), "subprocess.run"),
        ("child.stdin.write", (), "child.stdin"),
        ("ws.send", ("websockets.ClientConnection.send",), "ws"),
        ("self.changed.emit", (), "self.changed"),
    ],
)
def test_what_sends_to_another_thread_process_or_machine_is_a_mutation(graph, node, site, text, callees, target):
    found = build_state_mutations_index(graph(node("app.f", site(text, *callees, line=2))))

    assert found == {"app.f": (StateMutation(target=target, kind=MutationKind.IPC_EMIT, line=2),)}


@pytest.mark.parametrize(
    ("text", "callees", "facts"),
    [
        ("open", ("<builtin>.open",), {"mode": "rb"}),
        ("open", ("<builtin>.open",), {}),
        ("path.open", (), {}),
        ("generator.send", (), {}),
        ("cache.put", (), {}),
        ("queue.get", ("queue.Queue.get",), {}),
        ("Path('a').read_text", ("pathlib.Path.read_text",), {}),
        ("name.replace", (), {}),
        ("bus.send", ("~app.Bus.send",), {}),
    ],
)
def test_what_only_looks_like_writing_or_sending_is_none(graph, node, site, text, callees, facts):
    assert build_state_mutations_index(graph(node("app.f", site(text, *callees, **facts)))) == {}
