"""What the target's processes get to see: its own interpreter and paths, none of our secrets."""

import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from profiling.injection import Injection
from profiling.isolation import wrapped
from profiling.measure.kinds import guarded
from profiling.measure.processes import Launch
from profiling.measure.suites.asv import runnable
from profiling.model import Command, Interpreter, Tree

_PYTHON = re.compile(r"python(3(\.\d+)?)?")
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "_AUTH")
_OURS = frozenset(
    "PYTHONPATH PYTHONHOME VIRTUAL_ENV VIRTUAL_ENV_PROMPT __PYVENV_LAUNCHER__ PYTEST_CURRENT_TEST"
    # Headers for the model's API: whoever writes them may put a key in.
    " ANTHROPIC_CUSTOM_HEADERS".split()
)
_STEERING = frozenset(
    "PYTEST_ADDOPTS PYTEST_PLUGINS PYTEST_DISABLE_PLUGIN_AUTOLOAD PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE"
    " PYTHONDEBUG PYTHONVERBOSE PYTHONDEVMODE PYTHONTRACEMALLOC PYTHONPROFILEIMPORTTIME PYTHONMALLOC"
    " PYTHONMALLOCSTATS PYTHONDUMPREFS PYTHONDUMPREFSFILE PYTHONASYNCIODEBUG PYTHONFAULTHANDLER"
    " PYTHONBREAKPOINT PYTHONPYCACHEPREFIX PYTHONHASHSEED PYTHONPERFSUPPORT PYTHON_PERF_JIT_SUPPORT"
    " PYTHONWARNINGS PYTHONWARNDEFAULTENCODING PYTHONNODEBUGRANGES PYTHON_FROZEN_MODULES PYTHON_PRESITE"
    " PYTHON_JIT PYTHONSAFEPATH PYTHONCASEOK PYTHONPLATLIBDIR PYTHONEXECUTABLE PYTHONNOUSERSITE".split()
)
"""Of our shell: they would change what is run, loaded or counted, and figures would hang on where we were started."""
_OUR_PREFIXES = ("RATCHET_", "PYTEST_XDIST_", "OPTIMIZE_")
LISTED_ONLY = "OPTIMIZE_LISTED_ENVIRONMENT"
"""Set (to anything) where the target may see listed variables alone: in CI, whose other variables nobody looked at."""
_LISTED = frozenset(
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM COLUMNS LINES TMPDIR TEMP TMP PWD CI CONTINUOUS_INTEGRATION"
    " GITHUB_ACTIONS LD_LIBRARY_PATH DYLD_LIBRARY_PATH SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE PYTHONUTF8"
    " PYTHONIOENCODING PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS"
    " NUMBA_NUM_THREADS DJANGO_SETTINGS_MODULE HYPOTHESIS_PROFILE SOURCE_DATE_EPOCH DISPLAY NO_COLOR".split()
)
_LISTED_PREFIXES = ("LC_", "XDG_")


def launch(  # the shape of every run of target code
    command: Command,
    tree: Tree,
    interpreter: Interpreter,
    *,
    injection: Injection | None = None,
    core: int | None = None,
    extra_env: Mapping[str, str] | None = None,
) -> Launch:
    """Resolve a command for a tree.

    `python`, `python3` and `python3.X` become the target's interpreter, a console script that of its environment's bin
    folder. PYTHONPATH is: the injection, the tree's import roots, the command's own entries (relative ones resolved
    against the tree). The environment is ours without our virtual environment (PYTHONPATH, PYTHONHOME, VIRTUAL_ENV,
    our bin folder on PATH), without secrets (names that hold KEY, TOKEN, SECRET, PASSWORD, PASSWD, CREDENTIAL, _AUTH)
    and with the target's virtual environment where it is one, without variables that steer Python or pytest.
    What the command itself sets is taken as it is. Flags that keep PYTHONPATH out (-I, -E, -S) bring the injection's
    wrapper in front of the program. `asv run` becomes our own runner of the same benchmarks; node ids for pytest are
    written so that none is taken for an option.

    Raises:
        FileNotFoundError: argv[0] can't be found; the message names it. Or asv's configuration is not there.
    """
    command = guarded(runnable(command, tree))
    own = dict(command.env)
    env = _inherited(interpreter)
    paths = [] if injection is None else [injection.python_path]
    paths += [os.path.normpath(tree.root / import_root) for import_root in tree.import_roots]
    paths += [str(tree.root / entry) for entry in own.pop("PYTHONPATH", "").split(os.pathsep) if entry]
    env |= own
    if paths:
        env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    if injection is not None:
        env |= injection.env
    env |= extra_env or {}
    program = _resolve(command, tree, interpreter, env.get("PATH", os.defpath))
    argv = (program, *command.argv[1:])
    return Launch(
        argv=argv if injection is None else wrapped(argv, injection.wrapper),
        cwd=tree.root,
        env=env,
        timeout_s=command.timeout_s,
        core=core,
        farewell=None if injection is None else injection.reports,
    )


def fingerprint(interpreter: Interpreter) -> dict[str, str]:
    """Return what identifies the machine and interpreter a figure was measured on."""
    return {
        "python": ".".join(str(part) for part in interpreter.version),
        "implementation": interpreter.implementation + (" free-threaded" if interpreter.free_threaded else ""),
        "executable": interpreter.executable,
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor_name(),
        "cores": str(os.cpu_count() or 1),
    }


def is_listed(name: str) -> bool:
    """Say whether a variable is one that programs commonly need and that never holds a secret."""
    return name in _LISTED or name.startswith(_LISTED_PREFIXES)


def secrets_removed(env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` without variables whose names speak of secrets."""
    return {name: value for name, value in env.items() if not any(word in name.upper() for word in _SECRET_WORDS)}


def bin_folder(interpreter: Interpreter) -> Path:
    """Return the folder of the interpreter, where its console scripts are."""
    return Path(interpreter.executable).parent


def _inherited(interpreter: Interpreter) -> dict[str, str]:
    """Return our environment as the target may see it, with its virtual environment and bin folder in front."""
    env = {
        name: value
        for name, value in secrets_removed(os.environ).items()
        if name not in _OURS and name not in _STEERING and not name.startswith(_OUR_PREFIXES)
        if LISTED_ONLY not in os.environ or is_listed(name)
    }
    folder = bin_folder(interpreter)
    ours = _our_bin_folders()
    kept = [entry for entry in env.get("PATH", os.defpath).split(os.pathsep) if entry and Path(entry) not in ours]
    env["PATH"] = os.pathsep.join(dict.fromkeys([str(folder), *kept]))
    if (folder.parent / "pyvenv.cfg").is_file():
        env["VIRTUAL_ENV"] = str(folder.parent)
    return env


def _our_bin_folders() -> set[Path]:
    folders = set()
    if sys.prefix != sys.base_prefix:
        folders.add(Path(sys.prefix) / "bin")
    if "VIRTUAL_ENV" in os.environ:
        folders.add(Path(os.environ["VIRTUAL_ENV"]) / "bin")
    return folders


def _resolve(command: Command, tree: Tree, interpreter: Interpreter, path: str) -> str:
    """Return the program to execute for argv[0]."""
    if not command.argv:
        raise FileNotFoundError("the command is empty: name a program to run")
    name = command.argv[0]
    base = Path(name).name
    if "/" in name and _is_executable(tree.root / name):
        return str(tree.root / name)
    # A worktree has no `.venv/bin/python` of its own: it is run by the interpreter the session was set up with.
    if _PYTHON.fullmatch(base):
        return interpreter.executable
    script = bin_folder(interpreter) / base
    if _is_executable(script):
        return str(script)
    found = None if "/" in name else shutil.which(name, path=path)
    if found is None:
        raise FileNotFoundError(
            f"{name!r} of the command `{command.text}` is neither in {bin_folder(interpreter)} nor on PATH: "
            "install it there or give the command another way"
        )
    return str(Path(found).absolute())


def _is_executable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)


def _processor_name() -> str:
    """Return the processor's marketing name where the system tells it, its architecture otherwise."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    return next(names, platform.machine())
