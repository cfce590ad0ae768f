class Money:
    def __add__(self, other):
        return self

    def __eq__(self, other):
        return True

    def __len__(self):
        return 1

    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        pass

    def __contains__(self, key):
        return True

    def __str__(self):
        return ""

    def __hash__(self):
        return 1

    def __bool__(self):
        return True

    def __call__(self):
        return 1


def run(money: Money):
    money + money
    money == 1
    len(money)
    money[0]
    money[1] = 2
    1 in money
    f"{money}"
    hash(money)
    if money:
        money()
