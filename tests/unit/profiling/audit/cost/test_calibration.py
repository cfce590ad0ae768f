from textwrap import dedent

import pytest

from profiling.audit.calibrated import LIBRARY, NODE, expected_calls, inclusive_costs, own_costs, own_features
from profiling.audit.calibration import Calibration, CalibrationError, calibrate, read, write
from profiling.audit.cost_model import CLASS_WEIGHTS, CostModel
from profiling.audit.findings.heat import key_of
from profiling.audit.model import CostClass
from profiling.model import Command, Interpreter, RunUsage
from profiling.profile import SCHEMA_VERSION, FunctionProfile, GcTotals, Profile

USAGE = RunUsage(wall_s=1.0, cpu_s=1.0, max_rss_mib=10.0, exit_code=0)
COSTS = {
    "json": "json.loads(text)",
    "copy": "copy.deepcopy(text)",
    "plain": "len(text)",
    "library": "textwrap.dedent(text)",
    "arithmetic": "text * 2 + text",
}


def profile_of(functions):
    return Profile(
        schema_version=SCHEMA_VERSION,
        tree_id="t",
        command=Command(argv=("python", "bench.py")),
        interpreter=Interpreter(executable="python", version=(3, 12, 1)),
        baseline=(USAGE,),
        time_pass=USAGE,
        memory_pass=None,
        cpu_covered_s=1.0,
        samples=1000,
        functions=tuple(functions),
        imports=(),
        libraries=(),
        stacks=(),
        gc=GcTotals(),
        peak_bytes=None,
    )


def program():
    """Return a program of functions that each do some of these things, one to four times."""
    lines = ["import copy, json, textwrap"]
    for name, call in COSTS.items():
        for count in range(1, 5):
            lines += [f"def {name}_{count}(text):", *[f"    {call}"] * count]
    return "\n".join(lines)


@pytest.fixture
def measured(read_tree):
    """A profile in which every function costs exactly what given weights say, 1000 calls each."""

    def measure(weights, *, samples=50):
        graph, sources = read_tree({"app.py": program()})
        functions = []
        for node in graph.nodes.values():
            features = own_features(node, sources, CostModel())
            cost_ns = sum(weights.get(name, 0.0) * count for name, count in features.items())
            functions.append(
                FunctionProfile(key=key_of(node), cpu_self_s=cost_ns * 1000 / 1e9, samples_self=samples, calls=1000)
            )
        return graph, sources, profile_of(functions)

    return measure


TRUTH = {
    NODE: 12.0,
    LIBRARY: 700.0,
    CostClass.JSON_IO: 3000.0,
    CostClass.DEEP_COPY: 9000.0,
    CostClass.LOOP_AMPLIFIED: 40.0,
}


def test_weights_that_made_the_figures_are_found_again(measured):
    graph, sources, profile = measured(TRUTH)

    found = calibrate(graph, profile, sources)

    assert found.functions == 20
    assert found.weights[CostClass.JSON_IO] == pytest.approx(3000, rel=0.05)
    assert found.weights[CostClass.DEEP_COPY] == pytest.approx(9000, rel=0.05)
    assert found.library_ns == pytest.approx(700, rel=0.05)
    assert found.node_ns == pytest.approx(12, rel=0.2)
    assert found.spread < 0.05
    assert found.rank_correlation == pytest.approx(1, abs=0.02)
    assert {each.function for each in found.residuals} >= {"app.json_1", "app.plain_4"}


def test_a_class_that_was_not_seen_keeps_its_standard_weight(measured):
    graph, sources, profile = measured(TRUTH)

    model = calibrate(graph, profile, sources).model()

    assert model.weights[CostClass.PICKLE] == CLASS_WEIGHTS[CostClass.PICKLE]
    assert model.weights[CostClass.UNRESOLVED] == 0


def test_too_few_functions_are_an_error_that_says_what_to_do(measured):
    graph, sources, profile = measured(TRUTH, samples=1)

    with pytest.raises(CalibrationError, match="only 0 functions have 5 samples"):
        calibrate(graph, profile, sources)


def test_a_profile_without_counts_can_not_be_used(measured):
    graph, sources, profile = measured(TRUTH)
    uncounted = [FunctionProfile(key=each.key, cpu_self_s=1.0, samples_self=50) for each in profile.functions]

    with pytest.raises(CalibrationError, match="counted calls"):
        calibrate(graph, profile_of(uncounted), sources)


def test_a_calibration_is_kept_and_read_again(measured, tmp_path):
    graph, sources, profile = measured(TRUTH)
    found = calibrate(graph, profile, sources)
    path = tmp_path / ".codeflash" / "audit" / "calibration.json"

    write(found, path)

    assert read(path) == found
    assert [each.name for each in path.parent.iterdir()] == ["calibration.json"]


def test_no_calibration_is_none(tmp_path):
    assert read(tmp_path / "calibration.json") is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"schema_version": 1}', "[" * 100_000, '{"weights": {"json_io": NaN}}'],
)
def test_a_file_that_is_no_calibration_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "calibration.json"
    path.write_text(content)

    with pytest.raises(CalibrationError, match=r"calibration\.json is no calibration of ours"):
        read(path)


@pytest.mark.parametrize(
    ("field", "value"), [("node_ns", -1.0), ("unknown_bound", 1e9), ("rank_correlation", 7.0), ("python", "x" * 999)]
)
def test_a_figure_out_of_its_range_is_refused(measured, tmp_path, field, value):
    graph, sources, profile = measured(TRUTH)
    path = tmp_path / "calibration.json"
    found = calibrate(graph, profile, sources)
    write(Calibration(**{**{name: getattr(found, name) for name in found.__slots__}, field: value}), path)

    with pytest.raises(CalibrationError):
        read(path)


def test_another_schema_version_is_refused(measured, tmp_path):
    graph, sources, profile = measured(TRUTH)
    path = tmp_path / "calibration.json"
    write(calibrate(graph, profile, sources), path)
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 99'))

    with pytest.raises(CalibrationError, match="schema version 99"):
        read(path)


PIPELINE = """
    def main(rows):
        for row in rows:
            if row is None:
                raise ValueError(build(row))
            work(row)

    def work(row):
        return [inner(part) for part in row]

    def inner(part):
        return len(part)

    def build(row):
        return str(row)
"""


def test_calls_follow_loops_and_seldom_branches(read_tree):
    graph, sources = read_tree({"app.py": dedent(PIPELINE)})

    calls = expected_calls(graph, sources, CostModel(unknown_bound=10.0), ["app.main"])

    assert calls["app.work"] == pytest.approx(10)
    assert calls["app.inner"] == pytest.approx(100)
    assert calls["app.build"] < 1


def test_a_call_costs_at_least_what_it_does_itself(read_tree):
    graph, sources = read_tree({"app.py": dedent(PIPELINE)})
    model = CostModel(unknown_bound=10.0, node_weight=1.0)

    own, inclusive = own_costs(graph, sources, model), inclusive_costs(graph, sources, model)

    assert own["app.inner"] == inclusive["app.inner"] > 0
    assert inclusive["app.work"] > own["app.work"] + 9 * own["app.inner"]
    assert all(inclusive[name] >= own[name] for name in own)
