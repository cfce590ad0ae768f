"""Every recipe there is, by rank."""

from agents.recipes import (
    cached_property,
    deque_queue,
    dict_index,
    file_memo,
    hoist_call,
    lazy_import,
    memo_const,
    memo_global,
    regex_hoist,
    set_membership,
)
from agents.recipes._base import Recipe

CATALOGUE: tuple[Recipe, ...] = (
    memo_global.RECIPE,
    lazy_import.RECIPE,
    set_membership.RECIPE,
    regex_hoist.RECIPE,
    memo_const.RECIPE,
    cached_property.RECIPE,
    file_memo.RECIPE,
    hoist_call.RECIPE,
    deque_queue.RECIPE,
    dict_index.RECIPE,
)
