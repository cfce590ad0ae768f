import app.a


def b():
    return app.a.a()
