"""Why nothing was found for a call: a closed list of words."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a call has no known target."""

    RECEIVER = "unknown receiver"
    MANY = "too many values"
    MANY_NAMES = "unknown receiver, and too many classes have a method of that name"
    ABSENT = "the receiver's type has no such attribute in the tree"
    PARAMETER = "a parameter that no call in the tree gives a function"
    NAME = "a name whose value is unknown"
    VALUE = "the value of an expression is unknown"
    OUTSIDE_RESULT = "made by code outside the tree"
    NOT_CALLABLE = "nothing callable was found in it"
    PLAIN_CLASS = "a class whose constructor runs no code of the tree"
    OUTSIDE_DECORATOR = "a decorator made by code outside the tree"
    DYNAMIC_ATTRIBUTE = "an attribute whose name is computed"
    DYNAMIC_CODE = "code made at run time"
    UNREACHED = "not evaluated"
