"""What a scan hears with a profile of a package's workload, made as a user would: a repository, `optimize profile`."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from agents.scan.finding import Heat
from agents.scan.heat import Temperature
from agents.scan.tree import Wanted, scan_tree
from agents.specialists.setup import describe_tree
from benchmarks.scan_precision.found import Found
from benchmarks.scan_precision.packages import Package, Unfetched, fetched, workload
from orchestrator.cli.kept_profile import Kept, kept

_INSTALL_S, _PROFILE_S = 900, 600
_APART = frozenset({"docutils"})
"""Not installed: Sphinx needs another version. What is profiled is the copy in its repository in any case."""
_BESIDE = ("scipy",)
"""What workloads need that no package asks for."""


WORKLOAD = "workload.py"
"""Beside the package, as a user would have it."""


class Unprofiled(RuntimeError):
    """A workload can't be profiled; the message says what the command said."""


def environment(folder: Path, packages: Sequence[Package]) -> Path:
    """Return an interpreter that has what the packages need, installed into `folder` unless it is there.

    Raises:
        Unfetched: pip could not install it.
    """
    python = folder / "environment" / "bin" / "python"
    done = folder / "environment" / "complete"
    if done.is_file():
        return python
    subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True, timeout=_INSTALL_S)
    wanted = [f"{one.name}=={one.version}" for one in packages if one.name not in _APART]
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--only-binary", ":all:"]
    ran = subprocess.run([*pip, *wanted, *_BESIDE], capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    if ran.returncode:
        raise Unfetched(f"what the workloads need can't be installed: {ran.stderr.strip()[-500:]}")
    done.touch()
    return python


def repository(package: Package, folder: Path) -> Path:
    """Return a git repository of a package's files with its workload beside them, made unless it is there."""
    root = folder / "repositories" / f"{package.name}-{package.version}"
    if not root.is_dir():
        shutil.copytree(fetched(package, folder), root)
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    shutil.copyfile(workload(package), root / WORKLOAD)
    return root


def profiled(package: Package, folder: Path, python: Path) -> Kept:
    """Return the profile of a package's workload with its facts, made by the real command unless it is there.

    Raises:
        Unprofiled: the command failed.
    """
    root, out = repository(package, folder), folder / "profiles" / f"{package.name}-{package.version}.json"
    if not out.is_file():
        out.parent.mkdir(exist_ok=True)
        optimize = [str(Path(sys.executable).with_name("optimize")), "profile", "-C", str(root)]
        asked = ["--python", str(python), "--facts", "--out", str(out), "--", "python", WORKLOAD]
        done = subprocess.run([*optimize, *asked], capture_output=True, text=True, timeout=_PROFILE_S, check=False)
        if done.returncode:
            raise Unprofiled(f"{package.name}: {done.stderr.strip()[-500:]}")
    return kept(root, str(out))


def heard(package: Package, root: Path, seen: Kept, *, by_heat: bool = False) -> list[Found]:
    """Return what a scan hears of a package because of a profile.

    Left out are the workload, and what is heard in cold code as well, which has verdicts of its own.

    Args:
        package: that is scanned.
        root: of its repository.
        seen: the profile, with its facts.
        by_heat: all rules and recipes wherever a function takes 1% of the CPU time, as if nothing were weighed.
    """
    tree, temperature = describe_tree(root), seen.temperature(root)
    if by_heat:
        temperature = Temperature(shares=temperature.shares, is_known=True)
    findings = scan_tree(tree, Wanted(unproven=by_heat), temperature).findings
    hot = [one for one in findings if one.key.file != WORKLOAD and (one.heat is Heat.HOT or one.expected is not None)]
    return [Found(package=package, root=root, finding=one) for one in hot]
