"""What the processes of `children.py` do; a module of its own, so that every way to start a process can import it.

The same loop four times: with one function for all, a profiler that knows own time alone could not tell them apart.
"""

import time


def in_parent():
    began = time.thread_time()
    total = 0
    for i in range(900_000):
        total += i * i
    return time.thread_time() - began


def in_pool(_task):
    began = time.thread_time()
    total = 0
    for i in range(900_000):
        total += i * i
    return time.thread_time() - began


def in_executor(_task):
    began = time.thread_time()
    total = 0
    for i in range(900_000):
        total += i * i
    return time.thread_time() - began


def in_subprocess():
    began = time.thread_time()
    total = 0
    for i in range(900_000):
        total += i * i
    return time.thread_time() - began
