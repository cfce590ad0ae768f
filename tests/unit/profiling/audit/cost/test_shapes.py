import pytest

from profiling.audit.findings.shapes import Shape

PROGRAMS = {
    Shape.INSTRUCTION: ["def main(a, b):\n    return a + b\n"],
    Shape.CODE_PATH: [
        "def step(a):\n    return a\ndef main(a):\n    b = step(a)\n    c = b + 1\n    return c\n",
        "def main(a):\n    if a:\n        return 1\n    return 2\n",
    ],
    Shape.WIDE_CODE_PATH: [
        "def main(rows):\n    return [row * 2 for row in rows]\n",
        "def main(rows):\n    total = 0\n    for row in rows:\n        value = row * 2\n        total += value\n",
        "def main(rows):\n    out = {}\n    for row in rows:\n        out[row] = row + 1\n    return out\n",
    ],
    Shape.CODE_CYCLE: [
        "def main(rows):\n    last = 0\n    for row in rows:\n        last = last * 31 + row\n    return last\n",
        "def main(world):\n    while world.running:\n        world.step()\n",
        "def main(n):\n    return n if n < 2 else main(n - 1) + main(n - 2)\n",
        "def main(rows):\n    for row in rows:\n        if row:\n            seen = row\n        print(seen)\n",
    ],
    Shape.WIDE_CODE_CYCLE: [
        """
import threading
def serve():
    while True:
        pass
def main():
    for _ in range(8):
        threading.Thread(target=serve).start()
""",
    ],
    Shape.GRAPH_OF_CODE_CYCLES: [
        """
import threading
def read():
    while True:
        pass
def write():
    while True:
        pass
def main():
    threading.Thread(target=read).start()
    threading.Thread(target=write).start()
""",
    ],
}


@pytest.mark.parametrize(("shape", "text"), [(shape, text) for shape, texts in PROGRAMS.items() for text in texts])
def test_a_computation_has_the_shape_of_its_loops_and_of_what_it_starts(audited, shape, text):
    assert audited(text).findings.shapes["app.main"] is shape


def test_an_action_has_the_richest_shape_of_its_functions(audited):
    found = audited("def spin():\n    while True:\n        pass\ndef main():\n    spin()\n").findings

    assert found.shapes["app.main"] is Shape.INSTRUCTION
    assert found.action_shapes == {"a": Shape.CODE_CYCLE}
