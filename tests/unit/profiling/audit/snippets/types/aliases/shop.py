from typing import Union


class Text:
    def render(self):
        return 1


class Image:
    def render(self):
        return 2


Drawable = Union[Text, Image]


def draw(item: Drawable):
    item.render()
