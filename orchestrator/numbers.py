"""Numbers of experiments: one each, also where several workers ask at the same time or are killed and go on."""

import threading
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from pydantic import TypeAdapter

from orchestrator.draft import Draft
from orchestrator.ledger import experiment_json
from orchestrator.ledger.layout import Layout
from orchestrator.plain import load

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_PREFIX = "draft-"


def draft_path(layout: Layout, worker: str) -> Path:
    """Return where the draft of a worker is, the lead's for no name."""
    return layout.bench / (f"{_PREFIX}{worker}.json" if worker else "draft.json")


@dataclass(kw_only=True)
class Numbers:
    """Hands out the smallest number that no record has, and no worker's draft.

    Attributes:
        layout: where records and drafts are.
    """

    layout: Layout
    _promised: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, worker: str, first: int) -> int:
        """Return the number of a worker's next experiment; asked again before it is recorded, the same one.

        Args:
            worker: who asks; empty for the lead.
            first: the smallest that it may be.
        """
        with self._lock:
            recorded = {record.number for record in experiment_json.load_all(self.layout.experiments)}
            others = {number for name, number in self._drafted().items() if name != worker}
            others |= {number for name, number in self._promised.items() if name != worker}
            self._promised[worker] = next(number for number in count(first) if number not in recorded | others)
            return self._promised[worker]

    def forget(self, worker: str) -> None:
        """Give back what a worker was promised, with its draft."""
        with self._lock:
            self._promised.pop(worker, None)
            draft_path(self.layout, worker).unlink(missing_ok=True)

    def _drafted(self) -> dict[str, int]:
        """Return the numbers in the drafts of workers: those of one that was killed are not given away."""
        found = {}
        for path in self.layout.bench.glob(f"{_PREFIX}*.json"):
            draft = load(_DRAFT, path)
            if draft is not None:
                found[path.stem.removeprefix(_PREFIX)] = draft.number
        return found
