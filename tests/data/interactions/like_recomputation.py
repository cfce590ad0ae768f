"""As many calls, each with an argument of its own."""


def weigh(name):
    return sum(ord(letter) * index for index, letter in enumerate(name * 25))


def run():
    return sum(weigh(f"tree{number}") for number in range(4000))
