from typing import Protocol


class Say(Protocol):
    def __call__(self, text: str) -> "Answer": ...


class Answer:
    def show(self):
        return 1


class Loud:
    def __call__(self, text):
        return Answer()


def quiet(text):
    return Answer()


def speak(say: Say):
    say("a").show()


def run():
    speak(quiet)
    speak(Loud())
