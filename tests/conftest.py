import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A test's time says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_measuring_slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Measure in a slot of this process's tests: they wait for one another, and for nobody else on the machine."""
    folder = tmp_path_factory.mktemp("slot")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        yield


@pytest.fixture
def find_python() -> Callable[[str], str]:
    def find(version: str) -> str:
        """Return an interpreter that starts, from the path or from pyenv, or skip the test."""
        managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        on_path = shutil.which(f"python{version}")
        for candidate in [*sorted(managed.glob(f"{version}.*/bin/python{version}")), *([on_path] if on_path else [])]:
            if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
                return str(candidate)
        pytest.skip(f"no Python {version} is installed")

    return find
