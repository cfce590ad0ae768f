def maker(step):
    def inner():
        return step()

    return inner


def one():
    return 1


made = maker(one)
made()
