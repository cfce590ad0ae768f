"""The programs, each in a tree of its own that is a repository, as a user's would be."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rivals.program import Program
from benchmarks.rivals.venv import Rivals
from profiling.model import Tree

PROGRAMS = Path(__file__).parent / "programs"
_PHASES: dict[str, tuple[str, ...]] = {
    "many_calls": ("leaf", "leaf2"),
    "inline_loop": (),
    "methods": ("moved", "__init__"),
    "recursion": ("fib",),
    "sorts": ("negative",),
    "strings": (),
}
_CHILDREN = ("in_parent", "in_pool", "in_executor", "in_subprocess")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All programs."""

    call_heavy: Program
    gc_churn: Program
    gc_timed: Program
    black: Program
    pytest: Program
    peaks: Program
    children: Program
    loop_block: Program
    loop_steps: Program
    own: Tree

    @property
    def measured(self) -> tuple[Program, ...]:
        """Return the programs whose overhead is measured."""
        return (self.call_heavy, self.gc_churn, self.black, self.pytest)

    def short(self, milliseconds: int) -> Program:
        """Return a program that runs for so long, three fifths of it in `hot`."""
        target = ("short.py", str(milliseconds))
        return Program(
            name=f"{milliseconds} ms", tree=self.own, target=target, phases={"hot": (), "warm": (), "cool": ()}
        )


def lay_out(folder: Path, rivals: Rivals) -> Catalogue:
    """Copy all programs below a folder.

    Args:
        folder: empty.
        rivals: with the real code.
    """
    own = _tree(folder / "own", ".")
    shutil.copytree(PROGRAMS, own.root, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    formatting = _tree(folder / "black", ".")
    shutil.copytree(rivals.black, formatting.root, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    shutil.copy(PROGRAMS / "format_files.py", formatting.root)
    testing = _tree(folder / "packaging", "src")
    shutil.copytree(rivals.packaging, testing.root, dirs_exist_ok=True)
    shutil.copy(PROGRAMS / "run_pytest.py", testing.root)
    for tree in (own, formatting, testing):
        _make_repository(tree.root)
    tests = ("-q", "-p", "no:cacheprovider", "tests/test_markers.py")
    return Catalogue(
        call_heavy=Program(name="call-heavy", tree=own, target=("call_heavy.py",), phases=_PHASES),
        gc_churn=_script(own, "GC churn", "gc_churn.py"),
        gc_timed=_script(own, "GC churn that times its collections", "gc_churn.py", "pauses"),
        black=_script(formatting, "black", "format_files.py", "black/nodes.py", "black/strings.py"),
        pytest=Program(name="pytest", tree=testing, target=("-m", "pytest", *tests), script=("run_pytest.py", *tests)),
        peaks=_script(own, "peaks", "peaks.py"),
        children=Program(
            name="children",
            tree=own,
            target=("children.py",),
            phases=dict.fromkeys(_CHILDREN, ()),
        ),
        loop_block=_script(own, "blocked loop", "loop_block.py"),
        loop_steps=_script(own, "bare steps", "loop_steps.py"),
        own=own,
    )


def _tree(root: Path, import_root: str) -> Tree:
    root.mkdir()
    return Tree(root=root.resolve(), import_roots=(import_root,), packages=(), source_paths=(".",))


def _script(tree: Tree, name: str, *target: str) -> Program:
    return Program(name=name, tree=tree, target=target)


def _make_repository(root: Path) -> None:
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "programs"]):
        subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
