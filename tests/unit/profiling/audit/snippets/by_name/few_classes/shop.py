class Parser:
    def parse_document(self):
        return 1

    def append(self):
        return 2


def run(anything):
    anything.parse_document()
    anything.append()
