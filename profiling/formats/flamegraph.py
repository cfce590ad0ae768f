"""Write a flame graph as one HTML file that needs nothing else: no network, no other file."""

import html
import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from string import Template

from profiling.formats.flame_page import page_data
from profiling.profile import Profile

_SCRIPTS = ("model", "numbers", "elements", "picture", "table", "view", "controls", "keys", "page")


def flamegraph(profile: Profile, *, title: str, before: Profile | None = None) -> str:
    """Return the file's text.

    Args:
        profile: its stacks, functions and facts.
        title: of the page; shown as text, whatever is in it.
        before: an earlier profile: the page then also shows what changed since.
    """
    style = _part("page.css")
    script = "\n".join(_part(f"{name}.js") for name in _SCRIPTS)
    return Template(_part("page.html")).substitute(
        title=html.escape(_encodable(title)),
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=_as_data(page_data(profile, title, before)),
    )


def _part(name: str) -> str:
    return (files("profiling.formats") / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return a source of a content security policy: this text and no other."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _as_data(value: object) -> str:
    """Return JSON that can't end the script element it stands in, whatever the names are."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _encodable(text: str) -> str:
    """Return text that any file can hold: halves of characters become `?`."""
    return text.encode("utf-8", "replace").decode()
