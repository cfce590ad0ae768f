"""The packages the scanner is tried on, as people install them: the twenty it was tuned on, and those held out."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

_FETCH_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One wheel of the registry.

    Attributes:
        name, version: in the registry.
        is_held_out: no rule was changed after looking at its findings.
    """

    name: str
    version: str
    is_held_out: bool = False


TUNED = (
    "aiohttp==3.14.5 celery==5.7.0 click==8.5.1 django==5.2.19 docutils==0.23 jinja2==3.1.6 markdown==3.11.3"
    " networkx==3.6.1 nltk==3.10.4 packaging==26.3 pygments==2.21.0 pylint==4.1.4 pyparsing==3.3.3 requests==2.34.2"
    " rich==15.0.0 sphinx==9.0.4 sqlalchemy==2.1.9 sqlglot==30.30.0 sqlparse==0.6.1 werkzeug==3.1.9"
)
HELD_OUT = "djangorestframework==3.18.3 fsspec==2026.9.0 pdm==2.29.4 twisted==26.10.0 xlsxwriter==3.3.1"
HELD_OUT_RUN = (
    "babel==2.18.0 deepdiff==9.1.0 feedparser==6.0.14 html5lib==1.1 jsonschema==4.26.0 lark==1.3.1 mistune==3.4.0"
    " phonenumbers==9.0.43 prettytable==3.18.0 pycodestyle==2.15.0 pypdf==7.1.0 rdflib==7.6.0"
    " tabulate==0.10.0 textdistance==4.6.3 tinycss2==1.5.1"
)
"""Held out where a workload is run; there is none for pdm, which needs a network."""
WORKLOADS = Path(__file__).with_name("workloads")


def packages() -> tuple[Package, ...]:
    """Return all of them, those held out last."""
    chosen = [(one, False) for one in TUNED.split()] + [(one, True) for one in HELD_OUT.split()]
    return tuple(_package(pinned, is_held_out=is_held_out) for pinned, is_held_out in chosen)


def packages_that_run() -> tuple[Package, ...]:
    """Return those with a workload, those held out last."""
    more = tuple(_package(pinned, is_held_out=True) for pinned in HELD_OUT_RUN.split())
    return tuple(one for one in (*packages(), *more) if workload(one).is_file())


def workload(package: Package) -> Path:
    """Return where a package's workload stands, if it has one."""
    return WORKLOADS / f"{package.name}.py"


def _package(pinned: str, *, is_held_out: bool) -> Package:
    name, _, version = pinned.partition("==")
    return Package(name=name, version=version, is_held_out=is_held_out)


class Unfetched(RuntimeError):
    """The registry does not serve a package; the message says what pip said."""


def fetched(package: Package, folder: Path) -> Path:
    """Return where a package's files lie, fetched into `folder` unless they are there.

    Raises:
        Unfetched: pip could not get it.
    """
    place = folder / f"{package.name}-{package.version}"
    if place.is_dir():
        return place
    wheels = folder / "wheels" / package.name
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
    wanted = ["--only-binary", ":all:", "-d", str(wheels), f"{package.name}=={package.version}"]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True, timeout=_FETCH_S, check=False)
    if done.returncode:
        raise Unfetched(f"{package.name}=={package.version} can't be fetched: {done.stderr.strip()[-500:]}")
    unpacked = place.with_suffix(".part")
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)
    unpacked.rename(place)
    return place
