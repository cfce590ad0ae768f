import os.path
import requests


class Client(requests.Session):
    def load(self):
        return self.get("x")


def run():
    os.path.join("a", "b")
    Client().load()
    requests.get("x").json()
