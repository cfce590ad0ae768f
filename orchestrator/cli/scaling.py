"""What `optimize profile --scale` does: a command at several sizes, and how its cost grows."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from orchestrator import scaling_record
from orchestrator.cli.observation import Asked, Observer, observing, workload_errors
from orchestrator.cli.options import ScalingFlags
from orchestrator.errors import SettingsError, UsageError
from orchestrator.live.plain_text import neutral, one_line
from orchestrator.settings import seconds
from profiling.formats.growth_lines import growth_lines
from profiling.growth import Growth
from profiling.scaling.collect import collect_growth
from profiling.scaling.template import BadSizes, BadTemplate, Template, parse_sizes

_GROWTH: TypeAdapter[Growth] = TypeAdapter(Growth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is to be scaled: the template, the sizes, and the wall seconds for all of it."""

    template: Template
    sizes: tuple[float, ...]
    budget_s: float


def scale(template: str, sizes: str, budget: str) -> Scale:
    """Return what the options `--scale`, `--sizes` and `--scale-budget` ask for.

    Raises:
        UsageError: the template has no place for the size, or the sizes can't be compared.
        SettingsError: the budget is no duration over zero.
    """
    budget_s = seconds(budget)
    if not isinstance(budget_s, float) or budget_s <= 0:
        message = f"scale-budget can't be {budget!r} (from --scale-budget)"
        raise SettingsError(message, hint="allowed is a duration over zero: 90s, 10m")
    try:
        return Scale(template=Template.parse(template), sizes=parse_sizes(sizes), budget_s=budget_s)
    except (BadTemplate, BadSizes) as error:
        raise UsageError(str(error), hint="give one command with {n} in it, and --sizes 1000,2000,4000,8000") from error


def wanted(flags: ScalingFlags) -> Scale:
    """Return what the options ask for together.

    Raises:
        UsageError: one of `--scale` and `--sizes` is missing, or they can't be used.
        SettingsError: the budget is no duration over zero.
    """
    example = "for example: --scale 'bench.py {n}' --sizes 1000,2000,4000,8000"
    if flags["scale"] is None:
        raise UsageError("--sizes are for --scale, which is missing", hint=example)
    if flags["sizes"] is None:
        raise UsageError("--scale needs --sizes", hint=example)
    return scale(flags["scale"], flags["sizes"], flags["scale_budget"])


def scaled(asked: Asked, what: Scale) -> Growth:
    """Run the scaling test.

    Raises:
        orchestrator.errors.SetupFailed: no source or no interpreter was found.
        orchestrator.errors.WorkloadFailed: the command fails at the smallest size.
    """
    with observing(replace(asked, words=(what.template.text,))) as observer:
        return grown(observer, what)


def grown(observer: Observer, what: Scale) -> Growth:
    """Run the scaling test where an observation is made already.

    Raises:
        orchestrator.errors.WorkloadFailed: the command fails at the smallest size.
    """
    command = replace(what.template.command, timeout_s=observer.command.timeout_s)
    with workload_errors():
        growth = collect_growth(
            observer.setup.tree,
            replace(what.template, command=command),
            what.sizes,
            observer.setup.interpreter,
            processes=observer.processes,
            scratch=observer.folder(),
            budget_s=what.budget_s,
            on_progress=observer.say,
        )
    scaling_record.keep(growth, observer.setup.tree.root)
    return growth


def as_lines(growth: Growth) -> tuple[str, ...]:
    """Return it for a person."""
    lines = [neutral(line).replace("\n", " ") for line in growth_lines(growth)]
    notes = [f"  {one_line(note)}" for note in growth.notes]
    return ("[scaling]", *lines, *(["not seen:", *notes] if notes else []))


def as_json(growth: Growth) -> str:
    """Return it for a program."""
    return _GROWTH.dump_json(growth, indent=2).decode()
