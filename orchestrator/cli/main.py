"""Entry point of `optimize`: nothing is imported before it is known what was asked for."""

import sys

from orchestrator.version import __version__


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"optimize {__version__}\n")
        return
    try:
        from orchestrator.cli.ending import ended  # noqa: PLC0415  --version must not pay for it
        from orchestrator.cli.program import run  # noqa: PLC0415

        code = ended(run)
    except KeyboardInterrupt:
        sys.stderr.write("optimize: interrupted; go on with: optimize\n")
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
