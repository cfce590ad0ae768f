class Engine:
    def start(self):
        return 1


class Car:
    engine: Engine

    def __init__(self, spare: Engine):
        self.spare = spare

    def drive(self):
        self.engine.start()
        self.spare.start()
