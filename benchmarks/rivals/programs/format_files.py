"""Format files of the black that is beside this file, in this process: `format_files.py FILE...`."""

import sys
from pathlib import Path

import black


def main(files):
    mode = black.Mode(line_length=79)
    for file in files:
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        print(file, len(black.format_str(source, mode=mode)))


if __name__ == "__main__":
    main(sys.argv[1:])
