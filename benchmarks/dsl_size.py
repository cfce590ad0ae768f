"""Measure the postfix language of audits on real trees: its size beside compact JSON, and how fast it is.

    python benchmarks/dsl_size.py PATH…

Size: the same records as JSON objects without blanks, once with every field, once without those that have their
default. Speed: bytes by CPU seconds, the best of five, of all records kept in memory (collector on) and of a stream;
of writing, of parsing, and of both one after the other, which is what the bar asks for.
"""

import argparse
import dataclasses
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from profiling.audit.auditor import Subject, Wanted, audit
from profiling.audit.dsl import contents
from profiling.audit.dsl.read import parse
from profiling.audit.dsl.records import Record
from profiling.audit.dsl.write import write
from profiling.audit.graph import build_call_graph
from profiling.audit.model import CallSite
from profiling.audit.report import Audit
from profiling.audit.sources import Sources
from profiling.context import manifest

SMALLER = 0.35
MB_PER_S = 20.0


def audited(root: Path) -> Audit:
    """Audit a tree with all its actions."""
    tree = Subject(
        name=root.name, graph=build_call_graph(root), sources=Sources(root=root), manifest=manifest.read(root)
    )
    return audit(tree, Wanted(), day=date(2026, 1, 1))


def files(found: Audit) -> Iterator[tuple[str, list[Record]]]:
    """Give the records of each file; those of actions together."""
    yield "call_graph", list(contents.call_graph(found))
    yield "expensive_ops", list(contents.expensive_operations(found))
    yield "state_mutations", list(contents.state_mutations(found))
    yield "actions", [record for profile in found.actions for record in contents.action(found, profile)]


def as_json(records: list[Record], *, with_defaults: bool) -> str:
    """Return the records as one compact JSON object a line."""
    plain = dataclasses.asdict if with_defaults else _without_defaults
    return "\n".join(json.dumps(plain(record), separators=(",", ":"), ensure_ascii=False) for record in records)


def _without_defaults(value: object) -> object:
    if isinstance(value, tuple):
        return [_without_defaults(one) for one in value]
    if not dataclasses.is_dataclass(value):
        return value
    return {
        field.name: _without_defaults(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if getattr(value, field.name) != field.default
    }


def best_s(work: Callable[[], object]) -> float:
    """Return CPU seconds, the best of five."""
    taken = []
    for _ in range(5):
        gc.collect()
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def drain(records: Iterator[object]) -> None:
    """Use a stream up."""
    for _ in records:
        pass


def report(name: str, records: list[Record]) -> bool:
    """Print one row and say whether it is within the bars."""
    text = "".join(write(records))
    size = len(text.encode())
    smaller = [1 - size / len(as_json(records, with_defaults=each).encode(errors="replace")) for each in (True, False)]
    megabytes = size / 1e6
    kept = speeds(megabytes, lambda: "".join(write(records)), lambda: list(parse(text)))
    streamed = speeds(megabytes, lambda: drain(write(records)), lambda: drain(parse(text)))
    print(
        f"{name:34} {megabytes:7.2f}  {smaller[0]:6.0%} {smaller[1]:6.0%}  "
        f"{kept[0]:6.0f} {kept[1]:6.0f} {kept[2]:6.1f}  {streamed[0]:6.0f} {streamed[1]:6.0f} {streamed[2]:6.1f}",
        flush=True,
    )
    return smaller[1] >= SMALLER and streamed[2] >= MB_PER_S


def speeds(megabytes: float, writing: Callable[[], object], parsing: Callable[[], object]) -> tuple[float, ...]:
    """Return megabytes a second of writing, of parsing, and of both."""
    write_s, parse_s = best_s(writing), best_s(parsing)
    return megabytes / write_s, megabytes / parse_s, megabytes / (write_s + parse_s)


def yardstick_us() -> float:
    """Return the microseconds that one call site takes to be made: what a loaded machine adds shows here too."""
    return best_s(lambda: [CallSite(line=1, text="f") for _ in range(100_000)]) * 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, help="source trees")
    print(f"making one CallSite takes {yardstick_us():.2f} µs of CPU (1.0 on an idle core of the machine of the bars)")
    print("                                       MB  smaller than JSON   kept: MB/s             streamed: MB/s")
    print("file                                     all fields/no defaults  write  parse   both    write  parse   both")
    within = True
    for path in parser.parse_args().paths:
        found = list(files(audited(path)))
        for name, records in found:
            report(f"{path.name}/{name}", records)
        within = report(f"{path.name}, all files", [record for _, records in found for record in records]) and within
    return int(not within)


if __name__ == "__main__":
    sys.exit(main())
