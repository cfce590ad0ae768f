class Meta(type):
    def __call__(cls):
        return 1


class Thing(metaclass=Meta):
    def __new__(cls):
        return 1


Thing()
