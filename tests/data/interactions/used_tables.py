"""A module that allocates when it is imported."""

TABLE = {number: bytes(100) for number in range(60_000)}


def look_up(number):
    return TABLE[number]
