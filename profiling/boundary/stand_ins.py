"""What of the standard library is known to do part of what a name of a popular library does."""

_STAND_INS = {
    "attr.asdict": "vars, dataclasses.asdict",
    "attr.s": "dataclasses",
    "dateutil.parser.isoparse": "datetime.fromisoformat",
    "dateutil.relativedelta": "datetime.timedelta, calendar.monthrange",
    "dateutil.tz": "zoneinfo",
    "inflection.": "re, str methods",
    "libcst.parse_module": "ast.parse",
    "markdown.markdown": "html.escape with re",
    "more_itertools.": "itertools",
    "packaging.version.Version": "a tuple of int for plain releases",
    "packaging.version.parse": "a tuple of int for plain releases",
    "pytz.timezone": "zoneinfo.ZoneInfo",
    "pytz.utc": "datetime.timezone.utc",
    "requests.get": "urllib.request",
    "semver.": "a tuple of int",
    "simplejson.": "json",
    "six.": "the language itself",
    "slugify.slugify": "re, unicodedata.normalize",
    "sortedcontainers.": "bisect, heapq",
    "tabulate.tabulate": "str.ljust, str.join",
    "toolz.": "itertools, functools",
    "ujson.": "json",
}


def stand_in(name: str) -> str:
    """Return what may stand in for a dotted name, for part of what it does; empty where nothing is known."""
    return next((known for start, known in _STAND_INS.items() if name == start or name.startswith(start)), "")
