"""Run pytest with the arguments given: for profilers that take a script and no module."""

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
