import atexit


def bye():
    return 1


atexit.register(bye)
