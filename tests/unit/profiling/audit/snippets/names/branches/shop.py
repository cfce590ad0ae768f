def bake():
    return 1


def fry():
    return 2


def cook(hot):
    if hot:
        how = fry
    else:
        how = bake
    return how()
