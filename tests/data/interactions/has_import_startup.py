"""An import that only a function needs which never runs."""

from app import tables


def rarely(number):
    return tables.look_up(number)


def run():
    return 1
