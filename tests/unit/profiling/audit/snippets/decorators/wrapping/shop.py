import functools


def timed(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)

    return wrapper


@timed
def work():
    return 1


work()
