"""Print who owns the highest heap of a memray file, by innermost function under a folder: `FILE ROOT`."""

import json
import sys
from pathlib import Path

from memray import FileReader


def main(file, root):
    owned = {}
    with FileReader(file) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            for function, path, _ in record.stack_trace():
                # A comprehension is a frame of its own before 3.12: its bytes are those of the function around it.
                file = Path(root, path)
                if (
                    file.is_relative_to(root)
                    and file.is_file()
                    and (function == "<module>" or not function.startswith("<"))
                ):
                    owned[function] = owned.get(function, 0) + record.size
                    break
    print("TRUTH", json.dumps(owned))


if __name__ == "__main__":
    main(*sys.argv[1:])
