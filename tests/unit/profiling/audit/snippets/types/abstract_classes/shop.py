from abc import ABC, abstractmethod


class Shape(ABC):
    @abstractmethod
    def area(self): ...

    @property
    @abstractmethod
    def name(self): ...


class Measured:
    def area(self):
        return 1


class Named:
    @property
    def name(self):
        return "named"


class Square(Measured, Named, Shape):
    pass


class Small(Square):
    pass


class Circle(Shape):
    name = "circle"

    def area(self):
        return 2


class Stranger:
    name = "stranger"

    def area(self):
        return 3


def measure(shape: Shape):
    shape.area()


def call(shape: Shape):
    return shape.name
