"""Tasks, chains, groups and chords are built, sent through a broker in memory, and run."""

import hashlib

from celery import Celery, chain, chord, group

app = Celery("workload", broker="memory://", backend="cache+memory://")
app.conf.update(task_always_eager=True, task_store_eager_result=False, enable_utc=True)


@app.task(name="add")
def add(first, second):
    """Return a sum."""
    return first + second


@app.task(name="total", bind=True, max_retries=3)
def total(self, numbers):
    """Return the sum of many."""
    return sum(numbers) + self.request.retries


digest = hashlib.sha256()
for number in range(500):
    digest.update(repr(add.delay(number, 2).get()).encode())
    digest.update(repr(chain(add.s(1, number), add.s(3), add.s(4)).apply_async().get()).encode())
    digest.update(repr(group(add.s(one, number) for one in range(5)).apply_async().get()).encode())
    digest.update(repr(chord([add.s(one, one) for one in range(4)], total.s()).apply_async().get()).encode())
app.conf.task_always_eager = False
sent = [add.apply_async((number, number), countdown=number % 7, headers={"x": "y"}) for number in range(900)]
digest.update(repr(len(sent)).encode())
print(digest.hexdigest())
