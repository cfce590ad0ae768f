"""Many small containers, all kept: each collection walks them again."""


def build():
    nodes = []
    for number in range(60_000):
        nodes.append([number, [number], (number, nodes)])
    return nodes


def run():
    return len(build())
