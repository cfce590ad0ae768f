import pytest


def test_independent_requests_in_sequence_could_run_at_the_same_time(audited):
    found = audited(
        """
        import requests
        def main(one, two):
            first = requests.get(one)
            count = len(one)
            second = requests.get(two)
            return first, second, count
        """
    ).profile.pipelining

    assert found == (("app.main:4 requests.get", "app.main:6 requests.get"),)


def test_slow_functions_of_the_tree_count_too_and_so_do_awaits(audited):
    found = audited(
        """
        import httpx
        async def fetch(client, name):
            response = await httpx.AsyncClient().get(name)
            return response
        async def main(client):
            users = await fetch(client, "users")
            books = await fetch(client, "books")
            return users, books
        """
    ).profile.pipelining

    assert found == (("app.main:7 app.fetch", "app.main:8 app.fetch"),)


@pytest.mark.parametrize(
    "text",
    [
        # the second needs the first
        """
        import requests
        def main(url):
            first = requests.get(url)
            second = requests.get(first.headers)
            return second
        """,
        # something between needs the first and the second needs that
        """
        import requests
        def main(url):
            first = requests.get(url)
            key = first.text
            second = requests.get(key)
            return second
        """,
        # one connection
        """
        import socket
        def main(address):
            connection = socket.create_connection(address)
            connection.sendall(b"a")
            connection.sendall(b"b")
        """,
        # a decision between them
        """
        import requests
        def main(one, two):
            first = requests.get(one)
            if not first:
                return None
            return requests.get(two)
        """,
        # both change what the other could see
        """
        import requests
        SEEN = []
        def fetch(url):
            SEEN.append(url)
            return requests.get(url)
        def main(one, two):
            first = fetch(one)
            second = fetch(two)
            return first, second
        """,
        # the second may need the file that the first writes
        """
        import shutil
        def main(one, two):
            shutil.copytree(one, "made")
            shutil.copy(two, "made/more")
        """,
        # nothing waits
        """
        def work(n):
            return n * 2
        def main():
            first = work(1)
            second = work(2)
            return first, second
        """,
    ],
)
def test_what_must_stay_in_its_order_is_not_offered(audited, text):
    assert audited(text).profile.pipelining == ()
