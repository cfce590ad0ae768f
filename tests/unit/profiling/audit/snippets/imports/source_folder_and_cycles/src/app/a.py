from app.b import b


def a():
    return b()
