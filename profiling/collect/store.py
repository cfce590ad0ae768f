"""Keep profiles as files of our own versioned JSON."""

import json
import os
import tempfile
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from profiling.profile import SCHEMA_VERSION, Profile

_PROFILE: TypeAdapter[Profile] = TypeAdapter(Profile)


class ProfileDamaged(ValueError):
    """A profile's file can't be used: torn, not a profile, or of another schema version."""


def write(profile: Profile, path: Path) -> None:
    """Write a profile so that a reader sees all of it or what was there before; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_PROFILE.dump_json(profile))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ProfileDamaged: it is torn, no profile, or of another schema version; the message says which.
        OSError: it can't be read.
    """
    data = path.read_bytes()
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProfileDamaged(f"{path} is no JSON ({error}): remove it and profile again") from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        raise ProfileDamaged(
            f"{path} has schema version {version!r}, this program writes {SCHEMA_VERSION}: remove it and profile again"
        )
    try:
        return _PROFILE.validate_json(data)
    except ValidationError as error:
        raise ProfileDamaged(
            f"{path} is no whole profile ({error.error_count()} faults): remove it and profile again"
        ) from error
