class Broken(Exception):
    def __init__(self):
        super().__init__("x")

    def tell(self):
        return 1


def run():
    try:
        raise Broken
    except Broken as error:
        error.tell()
