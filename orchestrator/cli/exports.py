"""Write a profile to a file in the form that its name asks for, and read one back."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from orchestrator.errors import NotWritable, UsageError
from orchestrator.ledger.layout import Layout
from profiling.collect import store
from profiling.formats.collapsed import collapsed
from profiling.formats.flamegraph import flamegraph
from profiling.formats.pstats import pstats_bytes
from profiling.formats.speedscope import speedscope
from profiling.profile import Profile

_Renderer = Callable[[Profile, Profile | None], bytes]


def write(profile: Profile, path: str, *, before: Profile | None = None) -> None:
    """Write a profile: flame graph, pstats, speedscope or collapsed stacks by the name's end, else all of it as JSON.

    Args:
        profile: what is written.
        path: of the file; one that is there is replaced.
        before: an earlier profile, for the difference in a flame graph.

    Raises:
        NotWritable: it can't be written there.
    """
    render = next((one for ending, one in _RENDERERS.items() if path.endswith(ending)), None)
    try:
        if render is None:
            store.write(profile, Path(path))
        else:
            Path(path).write_bytes(render(profile, before))
    except OSError as error:
        raise NotWritable(f"the profile can't be written to {path}: {error.strerror or error}") from error


def is_whole(path: str | None) -> bool:
    """Say whether all of a profile is written to a file of this name."""
    return path is not None and not path.endswith(tuple(_RENDERERS))


def write_flames(profile: Profile, root: Path, *, before: Profile | None = None) -> None:
    """Write a flame graph and a speedscope file among the records of a checkout, and say so on standard error.

    Raises:
        NotWritable: they can't be written there.
    """
    folder = Layout(root=root).profiles_folder()
    for name in ("flame.html", "flame.speedscope.json"):
        write(profile, str(folder / name), before=before)
        sys.stderr.write(f"wrote {folder / name}\n")


def read(path: str) -> Profile:
    """Read a profile that was written as JSON.

    Raises:
        UsageError: it can't be read, or is no such profile.
    """
    try:
        return store.read(Path(path))
    except store.ProfileDamaged as error:
        raise UsageError(str(error), hint="make one with: optimize profile --out before.json -- COMMAND") from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}", hint="name an existing file") from error


def _flame_graph(profile: Profile, before: Profile | None) -> bytes:
    return flamegraph(profile, title=profile.command.text, before=before).encode("utf-8")


def _speedscope(profile: Profile, _before: Profile | None) -> bytes:
    return json.dumps(speedscope(profile, profile.command.text)).encode("utf-8")


def _collapsed(profile: Profile, _before: Profile | None) -> bytes:
    return collapsed(profile).encode("utf-8", "backslashreplace")


def _pstats(profile: Profile, _before: Profile | None) -> bytes:
    return pstats_bytes(profile)


_RENDERERS: dict[str, _Renderer] = {
    ".html": _flame_graph,
    ".pstats": _pstats,
    ".speedscope.json": _speedscope,
    ".collapsed": _collapsed,
}
