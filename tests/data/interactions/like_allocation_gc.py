"""As much memory in few objects, and as much CPU without any."""


def build():
    return [bytes(100_000) for _ in range(100)]


def compute():
    total = 0
    for number in range(400_000):
        total += number % 7
    return total


def run():
    return len(build()), compute()
