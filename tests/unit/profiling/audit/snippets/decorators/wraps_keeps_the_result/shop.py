from functools import wraps


class Names:
    def find(self):
        return 1


def once(build):
    @wraps(build)
    def remembered(subject):
        if build not in subject:
            subject[build] = build(subject)
        return subject[build]

    return remembered


def plain(build):
    def told(subject):
        build(subject)
        return subject[build]

    return told


@once
def names(subject) -> Names:
    return Names()


@once
def others(subject):
    return Names()


@plain
def unknown(subject) -> Names:
    return Names()


def run(subject):
    names(subject).find()
    others(subject).find()


def guess(subject):
    unknown(subject).find
