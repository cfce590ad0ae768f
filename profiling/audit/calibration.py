"""Fit the cost model to measured times, so that its weights are nanoseconds of this machine and this interpreter."""

import math
import os
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from profiling.audit.calibrated import LIBRARY, NODE, own_features
from profiling.audit.correlation import non_negative_weights, spearman
from profiling.audit.cost_model import CLASS_WEIGHTS, STANDARD, CostModel
from profiling.audit.findings.heat import key_of
from profiling.audit.model import CostClass, FunctionNode
from profiling.audit.sources import Sources
from profiling.audit.traversal import Graph
from profiling.profile import Profile

SCHEMA_VERSION = 1
_BOUNDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_FEWEST_SAMPLES = 5
_FEWEST_ROWS = 12
_REWEIGHTINGS = 8
_KEPT_RESIDUALS = 200
_LONGEST = 2000
_FILE_LIMIT_BYTES = 2**20
_FITTED = tuple(kind for kind in CostClass if kind is not CostClass.UNRESOLVED)

_Weight = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
_Name = Annotated[str, Field(max_length=500)]


class CalibrationError(ValueError):
    """Weights can't be fitted, or a stored calibration can't be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """One function the weights were fitted to.

    Attributes:
        function: dotted name.
        measured_ns: CPU of its own, libraries below it included, per call.
        estimated_ns: by the fitted weights.
    """

    function: _Name
    measured_ns: _Weight
    estimated_ns: _Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Fitted weights, in nanoseconds, with what they left unexplained.

    Attributes:
        schema_version: of the stored form.
        tree_id, command: of the profile that they were fitted to; python: its interpreter's version.
        weights: per unit of size, of the classes that were seen; the others keep the standard ones.
        node_ns: of one syntax node of plain Python work; library_ns: of a call of a library that has no class.
        unknown_bound: passes of a loop of unknown bound that fit best.
        functions: how many it was fitted to.
        residuals: the functions with most CPU, at most 200.
        spread: standard deviation of ln(estimated / measured): 0.69 means wrong by a factor of 2 one time in three.
        rank_correlation: Spearman's, of estimated and measured, over the functions fitted to; None where undefined.
    """

    schema_version: int = SCHEMA_VERSION
    tree_id: Annotated[str, Field(max_length=_LONGEST)]
    command: Annotated[str, Field(max_length=_LONGEST)]
    python: Annotated[str, Field(max_length=20)]
    weights: Mapping[CostClass, _Weight]
    node_ns: _Weight
    library_ns: _Weight
    unknown_bound: Annotated[float, Field(ge=1, le=1000)]
    functions: Annotated[int, Field(ge=0)]
    residuals: Annotated[tuple[Residual, ...], Field(max_length=_KEPT_RESIDUALS)]
    spread: _Weight
    rank_correlation: Annotated[float, Field(ge=-1.0001, le=1.0001)] | None

    def model(self) -> CostModel:
        """Return the cost model with these weights."""
        weights = {**CLASS_WEIGHTS, **{kind: weight for kind, weight in self.weights.items() if weight > 0}}
        return CostModel(
            weights=weights,
            unknown_bound=self.unknown_bound,
            node_weight=self.node_ns,
            library_weight=self.library_ns,
        )


_CALIBRATION: TypeAdapter[Calibration] = TypeAdapter(Calibration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A program that was read and profiled: its call graph, the profile, its files."""

    graph: Graph
    profile: Profile
    sources: Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    node: FunctionNode
    sources: Sources
    measured_ns: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    model: CostModel
    estimated: tuple[float, ...]
    spread: float


def calibrate(graph: Graph, profile: Profile, sources: Sources) -> Calibration:
    """Fit the weights to one profile: as `calibrate_all`.

    Raises:
        CalibrationError: fewer than 12 functions have enough samples and counted calls.
    """
    return calibrate_all((Observed(graph=graph, profile=profile, sources=sources),))


def calibrate_all(observed: Sequence[Observed]) -> Calibration:
    """Fit the weights to profiles of one interpreter: each function's own CPU per call against what its source holds.

    The squared relative error is minimised, with no weight below zero; the bound of loops that tell none is the one
    among 1, 2, 4, 8, 16 and 32 that leaves the least spread.

    Args:
        observed: at least one, with exact calls; only functions with 5 samples or more are taken.

    Raises:
        CalibrationError: fewer than 12 functions have enough samples and counted calls.
    """
    rows = tuple(row for each in observed for row in _rows(each))
    if len(rows) < _FEWEST_ROWS:
        raise CalibrationError(
            f"only {len(rows)} functions have {_FEWEST_SAMPLES} samples and counted calls, {_FEWEST_ROWS} are needed: "
            "profile a longer run, or one that uses more of the code"
        )
    best = min((_fit(rows, bound) for bound in _BOUNDS), key=lambda fit: fit.spread)
    measured = [row.measured_ns for row in rows]
    pairs = zip(rows, best.estimated, strict=True)
    return Calibration(
        tree_id=" ".join(each.profile.tree_id for each in observed)[:_LONGEST],
        command="; ".join(each.profile.command.text for each in observed)[:_LONGEST],
        python=".".join(map(str, observed[0].profile.interpreter.version)),
        weights={kind: best.model.weights[kind] for kind in _FITTED if best.model.weights.get(kind, 0.0) > 0},
        node_ns=best.model.node_weight,
        library_ns=best.model.library_weight,
        unknown_bound=best.model.unknown_bound,
        functions=len(rows),
        residuals=tuple(
            Residual(function=row.node.name[:500], measured_ns=row.measured_ns, estimated_ns=estimated)
            for row, estimated in pairs
        )[:_KEPT_RESIDUALS],
        spread=best.spread,
        rank_correlation=spearman(best.estimated, measured),
    )


def write(calibration: Calibration, path: Path) -> None:
    """Write a calibration so that a reader sees all of it or what was there before; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_CALIBRATION.dump_json(calibration, indent=1))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read(path: Path) -> Calibration | None:
    """Return a stored calibration, None where there is none.

    Raises:
        CalibrationError: it is torn, too large, or of another schema version.
    """
    try:
        if path.stat().st_size > _FILE_LIMIT_BYTES:
            raise CalibrationError(f"{path} is larger than 1 MiB: remove it and calibrate again")
        found = _CALIBRATION.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, RecursionError) as error:
        raise CalibrationError(f"{path} is no calibration of ours: remove it and calibrate again") from error
    if found.schema_version != SCHEMA_VERSION:
        raise CalibrationError(
            f"{path} has schema version {found.schema_version}, this program writes {SCHEMA_VERSION}: "
            "remove it and calibrate again"
        )
    return found


def _rows(observed: Observed) -> Iterator[_Row]:
    nodes = {key_of(node): node for node in observed.graph.nodes.values()}
    for function in observed.profile.functions:
        node = nodes.get(function.key)
        if node is None or function.key.qualname == "<module>":
            continue
        if function.samples_self >= _FEWEST_SAMPLES and function.calls and function.cpu_self_s > 0:
            per_call_ns = function.cpu_self_s / function.calls * 1e9
            yield _Row(node=node, sources=observed.sources, measured_ns=per_call_ns)


def _fit(rows: Sequence[_Row], unknown_bound: float) -> _Fit:
    """Fit with one bound for unknown loops.

    Rows are weighed by the geometric mean of what was measured and estimated, again and again: by the measured value
    alone every weight would come out too low, as the squared relative error punishes an overestimate without end.
    """
    start = CostModel(weights=STANDARD.weights, unknown_bound=unknown_bound)
    columns = (NODE, LIBRARY, *_FITTED)
    features = [own_features(row.node, row.sources, start) for row in rows]
    matrix = [[found.get(name, 0.0) for name in columns] for found in features]
    measured = [row.measured_ns for row in rows]
    scales, estimated = measured, measured
    weights: tuple[float, ...] = ()
    for _ in range(_REWEIGHTINGS):
        scaled = [[value / scale for value in values] for values, scale in zip(matrix, scales, strict=True)]
        weights = non_negative_weights(scaled, [a / scale for a, scale in zip(measured, scales, strict=True)])
        estimated = [sum(a * b for a, b in zip(values, weights, strict=True)) for values in matrix]
        scales = [math.sqrt(a * max(b, 1.0)) for a, b in zip(measured, estimated, strict=True)]
    by_name = dict(zip(columns, weights, strict=True))
    return _Fit(
        model=CostModel(
            weights={kind: by_name[kind] for kind in _FITTED},
            unknown_bound=unknown_bound,
            node_weight=by_name[NODE],
            library_weight=by_name[LIBRARY],
        ),
        estimated=tuple(estimated),
        spread=_spread(measured, estimated),
    )


def _spread(measured: Sequence[float], estimated: Sequence[float]) -> float:
    """Return the standard deviation of ln(estimated / measured); what was estimated at nothing is left out."""
    ratios = [math.log(b / a) for a, b in zip(measured, estimated, strict=True) if b > 0]
    return statistics.pstdev(ratios) if ratios else 1e15
