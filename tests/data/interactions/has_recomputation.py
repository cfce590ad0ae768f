"""The same few arguments again and again."""


def weigh(name):
    return sum(ord(letter) * index for index, letter in enumerate(name * 50))


def run():
    return sum(weigh(name) for _ in range(1000) for name in ("ash", "beech", "oak", "pine"))
