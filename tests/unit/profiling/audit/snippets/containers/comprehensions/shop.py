class Item:
    def price(self):
        return 1


def make():
    return Item()


def run():
    items = [make() for _ in range(3)]
    return sum(item.price() for item in items), {key: item.price() for key, item in enumerate(items)}
