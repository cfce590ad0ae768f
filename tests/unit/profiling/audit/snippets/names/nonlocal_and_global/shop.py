def first():
    return 1


def second():
    return 2


HANDLER = None


def choose():
    global HANDLER
    HANDLER = first


def call():
    return HANDLER()


def outer():
    chosen = None

    def pick():
        nonlocal chosen
        chosen = second

    pick()
    return chosen()
