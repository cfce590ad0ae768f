import json


class Parser:
    def parse_document(self):
        return 1


def run():
    json.parse_document()
