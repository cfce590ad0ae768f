class Oven:
    def heat(self):
        return 1


class Fridge:
    def cool(self):
        return 2


def run(kind):
    if kind:
        tool = Oven()
        tool.heat()
    else:
        tool = Fridge()
        tool.cool()
