import store
from store import _hidden, mend
from store.tools import fix


def run():
    store.make()
    mend()
    _hidden()
    fix()
