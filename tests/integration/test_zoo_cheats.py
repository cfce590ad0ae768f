"""Every cheat of the zoo is refused by the real gates with its reason; what only looks like one passes them."""

import importlib.util
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from agents.model import Answer, Checklist, Edit, Patch, Proposal
from agents.recipes.backend import RecipesBackend
from agents.specialists.setup import Setup
from orchestrator.draft import Draft
from orchestrator.gates import Failed, Gates
from orchestrator.ledger.layout import Layout
from orchestrator.observer import RepositoryObserver
from orchestrator.policy.tells import Mechanism
from orchestrator.policy.verdict import Level, Reason
from orchestrator.sources import apply_patch
from orchestrator.watchman import Watchman
from orchestrator.workspace.checkouts import PairedCheckouts
from orchestrator.workspace.repository import Repository
from profiling.context import layout as source_layout
from profiling.measure.processes import Processes
from profiling.model import Command, Dimension, Domain, FunctionKey, Interpreter, Tree

ZOO = Path(__file__).resolve().parents[1] / "zoo"
CHEATS = sorted((ZOO / "cheats").glob("*.py"))
LOOKALIKES = sorted((ZOO / "honest_lookalikes").glob("*.py"))
UNSURE = Answer(text="", evidence="")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"zoo_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILES: dict[str, str] = load(ZOO / "shop_tree.py").FILES


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@localhost")
    done = subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass(kw_only=True)
class Shop:
    """The shop with real gates."""

    setup: Setup
    checkouts: PairedCheckouts
    gates: Gates
    commit: str
    tree_id: str

    def judge(self, edits: tuple[tuple[str, str, str], ...]) -> Failed | None:
        """Apply a patch and return the gate that it fails."""
        draft = self._draft(edits)
        root = self.checkouts.work_at(self.commit)
        apply_patch(draft.proposal.patch, root)
        tree = source_layout.at(self.setup.tree, root)
        last = list(self.gates.run(self.setup, draft, tree, output_repeatable=True))[-1].outcome
        return last if isinstance(last, Failed) else None

    def _draft(self, edits: tuple[tuple[str, str, str], ...]) -> Draft:
        for file, old, _ in edits:
            assert old in FILES[file], f"{file} does not hold {old!r}"
        patch = Patch(
            edits=tuple(Edit(file=file, start=FILES[file].index(old), old=old, new=new) for file, old, new in edits)
        )
        proposal = Proposal(
            source="zoo",
            domain=Domain.CPU,
            dimension=Dimension.CPU_S,
            key=FunctionKey(file="shop/prices.py", first_line=1, qualname="rate"),
            summary="",
            mechanism="",
            patch=patch,
            expected={},
            risk="",
            checklist=Checklist(**dict.fromkeys(Checklist.__slots__, UNSURE)),
        )
        return Draft(
            number=1,
            key="0",
            base_commit=self.commit,
            base_tree=self.tree_id,
            proposal=proposal,
            diff="",
            domains=(),
            interactions=(),
            cpu_share=1.0,
            total_share=1.0,
            outside_share=1.0,
            level=Level.WORKLOAD,
            place_digest="",
            started_at="",
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return the shop as a repository."""
    root = (tmp_path_factory.mktemp("zoo") / "shop").resolve()
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a shop")
    processes = Processes()
    layout = Layout(root=root)
    checkouts = PairedCheckouts(repository=Repository.open(root), folder=layout.work)
    observer = RepositoryObserver(
        layout=layout,
        checkouts=checkouts,
        processes=processes,
        backend=RecipesBackend(),
        memory_budget_s=1.0,
        say=lambda _: None,
    )
    watchman = Watchman(observer=observer, processes=processes)
    yield Shop(
        setup=_setup(root),
        checkouts=checkouts,
        gates=Gates(observer=observer, processes=processes, guard=None, watchman=watchman),
        commit=git(root, "rev-parse", "HEAD"),
        tree_id=git(root, "rev-parse", "HEAD^{tree}"),
    )
    processes.stop()


def _setup(root: Path) -> Setup:
    return Setup(
        tree=Tree(root=root, import_roots=(".",), packages=("shop",), source_paths=("shop",)),
        interpreter=Interpreter(
            executable=sys.executable,
            version=sys.version_info[:3],
            implementation=platform.python_implementation().lower(),
        ),
        package_manager="pip",
        tests=Command(argv=("python", "-m", "pytest", "-q", "tests"), timeout_s=60),
        workload=Command(argv=("python", "bench.py"), timeout_s=60),
        workload_candidates=(),
        documents=(),
        speed_dependencies=(),
        tools=(),
        problems=(),
        fingerprint="",
    )


def one_of_each_mechanism() -> Iterator[object]:
    """Give every cheat; all but the first of its mechanism are for the slow suite."""
    seen: set[str] = set()
    for path in CHEATS:
        mechanism = load(path).MECHANISM
        yield pytest.param(path, marks=(pytest.mark.slow,) if mechanism in seen else (), id=path.stem)
        seen.add(mechanism)


@pytest.mark.parametrize("path", list(one_of_each_mechanism()))
def test_every_cheat_is_refused_for_what_it_does(shop: Shop, path: Path) -> None:
    cheat = load(path)
    failed = shop.judge(cheat.EDITS)
    assert failed is not None
    assert failed.reason is Reason(cheat.REASON), failed
    if failed.reason is Reason.GAMING_SUSPECTED:
        assert Mechanism[cheat.MECHANISM.upper()].value in failed.detail


@pytest.mark.parametrize(
    "path",
    [*LOOKALIKES[:2], *(pytest.param(path, marks=pytest.mark.slow) for path in LOOKALIKES[2:])],
    ids=lambda path: path.stem,
)
def test_what_only_looks_like_a_cheat_passes_every_gate(shop: Shop, path: Path) -> None:
    assert shop.judge(load(path).EDITS) is None


def test_the_index_names_every_cheat_and_at_least_twelve_mechanisms() -> None:
    rows = re.findall(r"^\| (\w+)\.py \| (\w+) \| (\w+) \|", (ZOO / "cheats" / "INDEX.md").read_text(), re.MULTILINE)
    cheats = {path.stem: load(path) for path in CHEATS}
    assert rows == [(name, cheat.MECHANISM, cheat.REASON) for name, cheat in cheats.items()]
    assert len(rows) >= 40
    assert len({mechanism for _, mechanism, _ in rows}) >= 12
