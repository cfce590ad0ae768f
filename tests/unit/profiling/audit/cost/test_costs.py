from pathlib import Path

import pytest

from profiling.audit.cost_model import CLASS_WEIGHTS, EXPENSIVE_THRESHOLD, MOST_WEIGHT, CostModel, class_of
from profiling.audit.costs import build_expensive_ops_index, is_expensive
from profiling.audit.model import CostClass


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("<builtin>.open", CostClass.FILE_IO),
        ("pathlib.Path.read_text", CostClass.FILE_IO),
        ("requests.get", CostClass.NETWORK),
        ("requests.Session.post", CostClass.NETWORK),
        ("httpx.AsyncClient.get", CostClass.NETWORK),
        ("aiohttp.ClientSession.get", CostClass.NETWORK),
        ("urllib.request.urlopen", CostClass.NETWORK),
        ("websockets.connect", CostClass.NETWORK),
        ("socket.create_connection", CostClass.NETWORK),
        ("sqlite3.connect", CostClass.NETWORK),
        ("psycopg.Cursor.execute", CostClass.NETWORK),
        ("ast.parse", CostClass.AST_PARSE),
        ("ast.walk", CostClass.AST_PARSE),
        ("libcst.parse_module", CostClass.AST_PARSE),
        ("tree_sitter.Parser.parse", CostClass.AST_PARSE),
        ("<builtin>.compile", CostClass.AST_PARSE),
        ("json.dumps", CostClass.JSON_IO),
        ("tomllib.loads", CostClass.JSON_IO),
        ("tomli_w.dump", CostClass.JSON_IO),
        ("yaml.safe_load", CostClass.JSON_IO),
        ("pickle.dumps", CostClass.PICKLE),
        ("marshal.loads", CostClass.PICKLE),
        ("shelve.open", CostClass.PICKLE),
        ("copy.deepcopy", CostClass.DEEP_COPY),
        ("urllib.request.urlopen.read", CostClass.NETWORK),
        ("sqlite3.connect.execute.fetchall", CostClass.NETWORK),
        ("redis.Redis.hset", CostClass.NETWORK),
        ("boto3.client.put_object", CostClass.NETWORK),
        ("requests.get.text.strip", None),
        ("requests.get.headers.get", None),
        ("http.client.HTTPSConnection.host.startswith", None),
        ("redis.Redis.get.decode", None),
        ("socket.inet_aton", None),
        ("ssl.create_default_context", None),
        ("boto3.client", None),
        ("copy.copy", None),
        ("urllib.parse.urlsplit", None),
        ("requests.exceptions.HTTPError", None),
        ("requests.Session", None),
        ("re.compile", None),
        ("<builtin>.len", None),
        ("requestsish.get", None),
    ],
)
def test_what_a_library_call_costs_is_told_by_its_dotted_name(name, expected):
    assert class_of(name) is expected


@pytest.mark.parametrize(
    ("callee", "cost_class"),
    [
        ("<builtin>.open", CostClass.FILE_IO),
        ("requests.post", CostClass.NETWORK),
        ("ast.parse", CostClass.AST_PARSE),
        ("json.loads", CostClass.JSON_IO),
        ("pickle.loads", CostClass.PICKLE),
        ("copy.deepcopy", CostClass.DEEP_COPY),
    ],
)
def test_an_operation_of_unknown_size_weighs_what_its_class_does(graph, node, site, callee, cost_class):
    found = build_expensive_ops_index(graph(node("app.f", site(callee, callee, line=3))))

    (op,) = found["app.f"]
    assert (op.callee, op.cost_class, op.size, op.line) == (callee, cost_class, None, 3)
    assert op.weight == CLASS_WEIGHTS[cost_class]


def test_a_literal_payload_multiplies_the_weight(graph, node, site):
    (op,) = build_expensive_ops_index(graph(node("app.f", site("json.dumps", "json.dumps", size=12))))["app.f"]

    assert (op.size, op.weight) == (12, 1800)


def test_an_address_is_no_payload(graph, node, site):
    url = "https://example.org/items"
    call = site("requests.get", "requests.get", literal=url, size=len(url))

    (op,) = build_expensive_ops_index(graph(node("app.f", call)))["app.f"]

    assert (op.size, op.weight) == (None, 500)


def test_loops_multiply_the_weight_and_unknown_ones_count_once(graph, node, site):
    calls = (
        site("json.dumps", "json.dumps", line=2, bounds=(10, 20)),
        site("json.loads", "json.loads", line=3, bounds=(None,)),
    )
    first, second = build_expensive_ops_index(graph(node("app.f", *calls)))["app.f"]

    assert (first.cost_class, first.weight) == (CostClass.JSON_IO, 150 * 200)
    assert second.weight == 150


def test_a_call_in_a_loop_is_amplified_by_all_its_function_does(graph, node, site):
    inner = node("app.inner", site("copy.deepcopy", "copy.deepcopy", line=8))
    middle = node("app.middle", site("inner", "~app.inner", line=5, bounds=(3,)))
    outer = node("app.outer", site("middle", "~app.middle", line=2, bounds=(100,)))

    found = build_expensive_ops_index(graph(outer, middle, inner))

    (op,) = found["app.outer"]
    assert (op.callee, op.cost_class, op.size) == ("app.middle", CostClass.LOOP_AMPLIFIED, 100)
    assert op.weight == 100 * 3 * 200
    assert is_expensive(op)
    assert not is_expensive(found["app.inner"][0])


def test_functions_that_call_each_other_have_a_finite_weight(graph, node, site):
    one = node("app.one", site("two", "~app.two", bounds=(10,)), site("json.loads", "json.loads", line=2))
    two = node("app.two", site("one", "~app.one", bounds=(10,)))

    found = build_expensive_ops_index(graph(one, two))

    assert [op.weight for op in found["app.two"]] == [1500]


def test_nested_literal_bounds_do_not_overflow(graph, node, site):
    call = site("json.loads", "json.loads", bounds=(10**300, 10**300))

    (op,) = build_expensive_ops_index(graph(node("app.f", call)))["app.f"]

    assert op.weight == MOST_WEIGHT


def test_a_call_not_resolved_is_listed_with_weight_0(graph, node, site):
    (op,) = build_expensive_ops_index(graph(node("app.f", site("thing.run", bounds=(1000,)))))["app.f"]

    assert (op.callee, op.cost_class, op.weight) == ("thing.run", CostClass.UNRESOLVED, 0)


def test_a_path_method_is_known_whatever_its_receiver(graph, node, site):
    (op,) = build_expensive_ops_index(graph(node("app.f", site("config.read_text"))))["app.f"]

    assert op.cost_class is CostClass.FILE_IO


def test_a_function_of_the_tree_is_not_taken_for_the_library_of_its_name(graph, node, site):
    local = node("json.dumps")

    found = build_expensive_ops_index(graph(node("app.f", site("dumps", "~json.dumps")), local))

    assert found == {}


def test_a_file_of_the_tree_is_looked_up_for_its_size(graph, node, site, tmp_path):
    (tmp_path / "data.json").write_text("x" * 700)
    call = site("open", "<builtin>.open", literal="data.json", size=9)

    (op,) = build_expensive_ops_index(graph(node("app.f", call)), root=tmp_path)["app.f"]

    assert (op.size, op.weight) == (700, 70_000)
    assert op.weight > EXPENSIVE_THRESHOLD


@pytest.mark.parametrize("name", ["../secret.txt", "link.txt", "absent.txt", "no\0name", ""])
def test_a_file_outside_the_tree_is_never_looked_at(graph, node, site, tmp_path, name):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("x" * 700)
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    call = site("open", "<builtin>.open", literal=name)

    (op,) = build_expensive_ops_index(graph(node("app.f", call)), root=Path(root))["app.f"]

    assert op.size is None


def test_the_model_decides_the_weights(graph, node, site):
    model = CostModel(weights={**CLASS_WEIGHTS, CostClass.JSON_IO: 7.0}, unknown_bound=4.0)
    call = site("json.dumps", "json.dumps", bounds=(None,))

    (op,) = build_expensive_ops_index(graph(node("app.f", call)), model=model)["app.f"]

    assert op.weight == 28
