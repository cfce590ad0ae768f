"""The main job on code we did not write: fetch a released package, optimize it, have the gain measured a second time.

`make demo` runs it. Needs git, the package registry (or the archive by hand: `--archive FILE`), and no key.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

PACKAGE, VERSION = "XlsxWriter", "1.4.3"
SHA256 = "641db6e7b4f4982fd407a3f372f45b878766098250d26963e95e50121168cbe2"
HERE = Path(__file__).resolve().parent
WORKLOAD = "python bench_report.py"
TESTS = "python -m unittest discover -s tests"
BRANCH = "codeflash/optimize"
IDENTITY = ("-c", "user.name=demo", "-c", "user.email=demo@localhost")


def fetch(folder):
    """Return the source archive, downloaded by pip."""
    print(f"fetching the source of {PACKAGE} {VERSION} (BSD-2-Clause) ...", flush=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", PACKAGE, "-d", str(folder), f"{PACKAGE}=={VERSION}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = sorted(folder.glob("*.tar.gz"))
    if done.returncode or not found:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SystemExit(
            f"the package registry can't be reached: {reason}\n"
            f"Get {PACKAGE}-{VERSION}.tar.gz by other means and run: make demo DEMO_ARGS='--archive FILE'"
        )
    return found[0]


def unpack(archive, folder):
    """Make a git repository of the archive, with our workload and tests beside the package."""
    seen = hashlib.sha256(archive.read_bytes()).hexdigest()
    if seen != SHA256:
        raise SystemExit(f"{archive} is not {PACKAGE} {VERSION} as released: SHA-256 {seen}, expected {SHA256}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    repository = next(folder.iterdir()).rename(folder / "xlsxwriter-demo")
    (repository / "tests").mkdir()
    shutil.copy(HERE / "xlsxwriter" / "bench_report.py", repository)
    shutil.copy(HERE / "xlsxwriter" / "test_report.py", repository / "tests")
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, *IDENTITY, "commit", "-q", "-m", f"{PACKAGE} {VERSION} as released, with a workload and tests")
    return repository


def git(repository, *arguments):
    """Run git and return what it printed."""
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def target_python():
    """Return the interpreter our environment was made from: the target never runs in ours."""
    return getattr(sys, "_base_executable", sys.executable)


def main():
    """Run the demo; exit 1 when nothing was kept or the second measurement does not confirm it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, help="the source archive, where the registry can't be reached")
    parser.add_argument("--max-experiments", default="4", help="how many fixes to try (default 4)")
    asked = parser.parse_args()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="ratchet-demo-"))
    (folder / "archive").mkdir()
    repository = unpack(asked.archive or fetch(folder / "archive"), folder / "source")
    optimize = [str(Path(sys.executable).with_name("optimize")), "-C", str(repository)]
    session = [*optimize, "--workload", WORKLOAD, "--tests", TESTS, "--python", target_python()]
    session += ["--max-experiments", asked.max_experiments, "--yes"]
    print("$", " ".join(["optimize", "-C", str(repository), *session[3:]]), flush=True)
    done = subprocess.run(session, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    kept = git(repository, "log", "--oneline", f"main..{BRANCH}")
    if not kept:
        raise SystemExit("nothing was kept: every experiment and its reason is in .codeflash/results.tsv there")
    print(
        f"\nKept on {BRANCH}:\n{kept}\n\nA second measurement, with none of our code ({HERE.name}/second_opinion.py):",
        flush=True,
    )
    opinion = [
        target_python(),
        str(HERE / "second_opinion.py"),
        str(repository),
        "main",
        BRANCH,
        "--",
        *WORKLOAD.split(),
    ]
    done = subprocess.run(opinion, check=False)
    print(f"\nThe repository: {repository}\nThe records:    {repository / '.codeflash'}", flush=True)
    print(f"The change:     git -C {repository} diff main {BRANCH}\n{time.monotonic() - began:.0f} s in all")
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
