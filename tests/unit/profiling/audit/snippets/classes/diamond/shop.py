class Base:
    def run(self):
        self.step()

    def step(self):
        return 0


class Left(Base):
    def step(self):
        return super().step()


class Right(Base):
    def step(self):
        return 2


class Both(Left, Right):
    pass


Both().run()
