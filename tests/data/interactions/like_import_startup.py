"""An import that is needed, and one that costs nothing."""

import colorsys

from app import used_tables


def rarely():
    return colorsys.rgb_to_hls(1, 1, 1)


def run():
    return used_tables.look_up(1)
