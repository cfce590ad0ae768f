"""A large short-lived peak on top of a smaller kept heap, and much that comes and goes."""


def keeper():
    return [float(number) for number in range(500_000)]


def transient_big():
    squares = [number * number + 1000 for number in range(1_700_000)]
    return len(squares)


def churner():
    total = 0
    for number in range(100_000):
        total += len([number, number + 1000, number + 2000])
    return total


def main():
    kept = keeper()
    print(churner() + transient_big() + churner() + len(kept))


if __name__ == "__main__":
    main()
