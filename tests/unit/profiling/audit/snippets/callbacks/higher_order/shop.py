import functools
import threading
from concurrent.futures import ThreadPoolExecutor


def double(x):
    return x


def key(x):
    return x


def add(x, y):
    return x


def work(x):
    return x()


def task():
    return 1


def run(numbers):
    list(map(double, numbers))
    sorted(numbers, key=key)
    functools.reduce(add, numbers)
    functools.partial(work, task)()
    threading.Thread(target=work, args=(task,)).start()
    with ThreadPoolExecutor() as pool:
        pool.submit(work, task)
