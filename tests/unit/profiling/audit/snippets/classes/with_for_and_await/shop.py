class Session:
    def __enter__(self):
        return Rows()

    def __exit__(self, *info):
        return None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *info):
        return None


class Rows:
    def __iter__(self):
        return self

    def __next__(self):
        return Row()


class Row:
    def read(self):
        return 1


def run():
    with Session() as rows:
        for row in rows:
            row.read()


async def later():
    async with Session() as session:
        return await fetch(session)


async def fetch(session):
    return session
