class Base:
    def step(self):
        return 0


class Child(Base):
    def step(self):
        return 1


def run():
    Base().step()


def any_of(item: Base):
    item.step()
