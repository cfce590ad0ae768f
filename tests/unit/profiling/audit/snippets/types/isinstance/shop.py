class Cat:
    def purr(self):
        return 1


class Dog:
    def bark(self):
        return 1


def run(pet):
    if isinstance(pet, Cat):
        pet.purr()
    elif isinstance(pet, Dog):
        pet.bark()


def only(pet):
    if not isinstance(pet, Cat):
        return None
    return pet.purr()


def both(pet):
    return isinstance(pet, Dog) and pet.bark()


def matched(pet):
    match pet:
        case Cat():
            pet.purr()
        case Dog() as dog:
            dog.bark()
