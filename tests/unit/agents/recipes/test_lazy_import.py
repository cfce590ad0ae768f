"""An import moves into functions only where nobody could miss it at the top, and where it was not needed."""

import subprocess
import sys
import textwrap
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.recipes._base import Choice
from agents.recipes.lazy_import import RECIPE
from profiling.facts import FunctionFacts
from profiling.model import FunctionKey
from profiling.profile import ImportProfile
from tests.fakes.recipe_programs import (
    assert_examples_hold,
    behaviour,
    facts_of,
    profile_of,
    reason_of,
    rewritten,
    sites_of,
)

PRICE = "import decimal\n\n\ndef price(text):\n    return decimal.Decimal(text) * 2\n"
BODIES = (
    "return NAME.dumps([text])",
    '"""Doc."""\nreturn NAME.dumps({text: 1})',
    "# first\nreturn [NAME.dumps(part) for part in text]",
    "def inner():\n    return NAME.dumps(text)\n\nreturn inner()",
    "look = lambda: NAME.dumps(text)\nreturn look()",
    "class Inner:\n    made = NAME.dumps(text)\n\nreturn Inner.made",
    "for part in text:\n    yield NAME.dumps(part)",
    "import os\n\nreturn NAME.dumps(os.sep)",
    "try:\n    return NAME.loads(text)\nexcept NAME.JSONDecodeError as error:\n    return error.args",
    "return text",
    "NAME = None\nreturn NAME",
    "return [NAME for NAME in text]",
)
ELSEWHERE = (
    "",
    "\n\ndef other(text, made=NAME.dumps):\n    return made(text)\n",
    "\n\n@NAME.__class__\ndef other(text):\n    return text\n",
    "\n\nclass Other:\n    made = NAME.dumps\n",
    "\n\nOTHER = [NAME.dumps(n) for n in range(2)]\n",
    "\n\nOTHER = lambda text: NAME.dumps(text)\n",
    "\n\nclass Other:\n    def dump(self, text):\n        return NAME.dumps(text)\n",
    "\n\ndef other():\n    global NAME\n    NAME = None\n",
    "\n\n__all__ = ['run', 'NAME']\n",
    "\n\ndef other(text) -> NAME.JSONEncoder:\n    return text\n",
)
IMPORTS = (("import json", "json"), ("import json as js", "js"), ("import json  # for texts", "json"))


def program(imported: tuple[str, str], body: str, elsewhere: str) -> str:
    line, name = imported
    function = f"def run(text):\n{textwrap.indent(body, '    ')}\n"
    return f'"""Doc."""\nimport sys\n{line}\n\n\n{function}{elsewhere}'.replace("NAME", name)


def test_the_examples_hold():
    assert_examples_hold(RECIPE)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(IMPORTS),
    st.sampled_from(BODIES),
    st.sampled_from(ELSEWHERE),
    st.lists(st.sampled_from(["", "a", "[1]", None, 3]), min_size=1, max_size=3),
)
def test_whatever_uses_the_import_it_stays_or_everything_behaves_as_before(imported, body, elsewhere, texts):
    before = program(imported, body, elsewhere)

    after = rewritten(RECIPE, before)

    for text in texts if after is not None else ():
        assert behaviour(before, "run", [text]) == behaviour(after, "run", [text]), after


@pytest.mark.parametrize("body", BODIES[:9])
def test_an_import_that_one_function_uses_moves_there(body):
    after = rewritten(RECIPE, program(IMPORTS[0], body, ""))

    assert after is not None
    assert after.count("import json\n") == after.count("    import json\n") == 1


@pytest.mark.parametrize("body", BODIES[9:])
def test_an_import_that_no_function_uses_stays(body):
    assert rewritten(RECIPE, program(IMPORTS[0], body, "")) is None


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE[1:6], *ELSEWHERE[7:]])
def test_a_use_that_is_evaluated_with_the_module_keeps_the_import(elsewhere):
    assert rewritten(RECIPE, program(IMPORTS[0], BODIES[0], elsewhere)) is None


@pytest.mark.parametrize(
    ("before", "because"),
    [
        (PRICE.replace("def price(text)", "async def price(text)"), "it would block the event loop"),
        (
            PRICE.replace("def price(text)", "class A:\n    def __del__(text)").replace("    return", "        return"),
            "exit",
        ),
        (PRICE + "\n\nimport atexit\n\natexit.register(price, '1')\n", "modules may be gone at exit"),
        (PRICE.replace("    return", "    print(locals())\n    return"), "its frame is read"),
        (PRICE + "\n\ndef look(name):\n    return globals()[name]\n", "globals are read by name"),
        (PRICE + "\n\nimport decimal\n", "bound twice"),
        (PRICE + "\n\ndecimal.getcontext().prec = 5\n", "used by the module's body"),
        (PRICE + "\n\ndef cost(text: 'decimal.Decimal'):\n    return text\n", "named in a text annotation"),
        (PRICE + "\n\n__all__ = [*dir()]\n", "what is exported can't be told"),
        (PRICE.replace("    return", "return").replace(":\nreturn", ": return"), "one line"),
        ("import decimal; import sys\n\n\ndef f():\n    return decimal.Decimal(1)\n", "two statements on a line"),
        ("from decimal import (\n    Decimal,  # money\n)\n\n\ndef f():\n    return Decimal(1)\n", "comments inside"),
        ("from decimal import Decimal, Context\n\n\ndef f():\n    return Decimal(1)\n", "a name nobody uses"),
        ("from decimal import *\n\n\ndef f():\n    return Decimal(1)\n", "a star import"),
        ("from __future__ import annotations\n\n\ndef f():\n    return annotations\n", "a compiler directive"),
        ("import sys\nif sys.argv:\n    import decimal\n\n\ndef f():\n    return decimal.Decimal(1)\n", "conditional"),
        ("import readline\n\n\ndef f():\n    return readline.get_history_length()\n", "importing it changes input()"),
    ],
)
def test_an_import_that_somebody_could_miss_stays(before, because):
    assert rewritten(RECIPE, PRICE) is not None
    assert rewritten(RECIPE, before) is None, because


@pytest.mark.parametrize(
    "reader",
    [
        "from app import decimal\n",
        "import app\n\napp.decimal.getcontext()\n",
        "import app as a\n\nprint(getattr(a, 'decimal'))\n",
        "from app import *\n",
        "from unittest import mock\n\n\n@mock.patch('app.decimal')\ndef test(given):\n    pass\n",
        "from unittest import mock\n\n\n@mock.patch('app.decimal.Decimal')\ndef test(given):\n    pass\n",
        "import app\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(app, 'decimal', None)\n",
        "import app\n\napp.decimal = None\n",
    ],
)
def test_a_name_that_another_file_reaches_stays(reader):
    assert rewritten(RECIPE, PRICE, readers={"tests/test_app.py": reader}) is None


def test_a_name_that_an_example_in_a_docstring_uses_stays():
    told = PRICE.replace("    return", '    """Give it.\n\n    >>> price(decimal.Decimal(1))\n    """\n    return')

    assert rewritten(RECIPE, told) is None
    assert rewritten(RECIPE, told.replace(">>>", "Try")) is not None


REMOVED = (
    "import sys\n\n\ndef test():\n    sys.modules['decimal'] = None\n",
    "import sys\n\n\ndef test():\n    del sys.modules['decimal']\n",
    "import sys\n\n\ndef test():\n    sys.modules.pop('decimal', None)\n",
    "import sys\n\n\ndef test(name):\n    del sys.modules[name]\n",
    "import sys\n\n\ndef test(names):\n    sys.modules.update(names)\n",
    "import sys\n\n\ndef test(monkeypatch, name):\n    monkeypatch.setitem(sys.modules, name, None)\n",
    "from unittest.mock import patch\n\n\n@patch.dict('sys.modules', {'decimal': None})\ndef test():\n    pass\n",
    "from unittest.mock import patch\n\n\n@patch.dict('sys.modules', clear=True)\ndef test():\n    pass\n",
    "import builtins\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(builtins, '__import__', None)\n",
    "import builtins\n\nbuiltins.__import__ = None\n",
)


@pytest.mark.parametrize("reader", REMOVED)
def test_a_module_that_may_be_gone_or_another_one_later_is_imported_early(reader):
    assert rewritten(RECIPE, PRICE, readers={"tests/test_app.py": reader}) is None


def test_modules_that_the_program_enters_or_tests_only_look_at_do_not_matter():
    entered = "import sys\n\n\ndef enter(name, module):\n    sys.modules[name] = module\n"
    looked = "import sys\n\n\ndef test():\n    assert sys.modules['decimal'] and 'decimal' in sys.modules\n"
    other = "import sys\n\n\ndef test():\n    sys.modules['yaml'] = None\n"

    assert rewritten(RECIPE, PRICE, modules={"loader.py": entered}, readers={"t.py": looked, "u.py": other})


@pytest.mark.parametrize("name", ["sys import stdout", "warnings import showwarning", "builtins import print"])
def test_names_that_programs_replace_at_run_time_are_taken_early(name):
    assert rewritten(RECIPE, f"from {name} as NAME\n\n\ndef f():\n    return NAME\n") is None


CONFS = {
    "LEVEL = 1\n": True,
    "class LEVEL:\n    pass\n": True,
    "try:\n    from decimal import MAX_PREC as LEVEL\nexcept ImportError:\n    LEVEL = 1\n": True,
    "LEVEL = 1\n\n\ndef change(value):\n    LEVEL = value\n    return LEVEL\n": True,
    "LEVEL = 1\n\n\ndef change(value):\n    global LEVEL\n    LEVEL = value\n": False,
    "LEVEL = 1\n\n\ndef change(value):\n    globals()['LEVEL'] = value\n": False,
    "LEVEL = 1\n\n\ndef change(value):\n    global LEVEL\n\n    def LEVEL():\n        return value\n": False,
    "LEVEL = 1\n\n\ndef change(value):\n    class In:\n        global LEVEL\n        LEVEL = value\n": False,
    "LEVEL = 1\n\n\ndef change(value):\n    import conf\n    conf.LEVEL = value\n": False,
    "SEEN = []\n\n\ndef __getattr__(name):\n    SEEN.append(name)\n    return len(SEEN)\n": False,
}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(CONFS)),
    st.sampled_from(["LEVEL", "LEVEL as level"]),
    st.lists(st.sampled_from(["run()", "conf.change(2)", "conf.change('x')"]), min_size=1, max_size=4),
)
def test_a_name_is_taken_later_only_from_where_it_stays_what_it_was(conf, taken, calls):
    before = f"from conf import {taken}\n\n\ndef run():\n    return {taken.split()[-1]}\n"

    after = rewritten(RECIPE, before, modules={"conf.py": conf})

    assert (after is not None) is CONFS[conf]
    if after is not None:
        assert _with_conf(before, conf, calls) == _with_conf(after, conf, calls)


def _with_conf(text, source, calls):
    """Return what calls give, with a module `conf` of this source."""
    conf = types.ModuleType("conf")
    sys.modules["conf"] = conf
    try:
        exec(source, conf.__dict__)
        space = {"conf": conf}
        exec(text, space)
        return [repr(eval(call, space)) for call in calls if "change" not in call or "change" in conf.__dict__]
    finally:
        del sys.modules["conf"]


def test_what_runs_when_objects_die_imports_early():
    closing = (
        "class File:\n    def close(self):\n        self.flush()\n\n    def flush(self):\n        decimal.Decimal(1)\n"
    )
    dying = "\n    def __del__(self):\n        self.close()\n"
    base = "class Base:\n    def __del__(self):\n        self.close()\n"

    assert rewritten(RECIPE, f"import decimal\n\n\n{closing}") is not None
    assert rewritten(RECIPE, f"import decimal\n\n\n{closing}{dying}") is None
    assert rewritten(RECIPE, f"import decimal\n\n\n{closing}", modules={"base.py": base}) is None


def test_a_submodule_that_others_reach_through_its_parent_stays():
    text = "import xml.dom.minidom as dom\n\n\ndef f(text):\n    return dom.parseString(text)\n"
    relying = "import xml\n\n\ndef g(text):\n    return xml.dom.minidom.parseString(text)\n"
    careful = relying.replace("import xml\n", "import xml.dom.minidom\n")

    assert rewritten(RECIPE, text, modules={"other.py": careful}) is not None
    assert rewritten(RECIPE, text, modules={"other.py": relying}) is None


@pytest.mark.parametrize(("imported", "is_free"), [("pack", False), ("pack.other", False), ("pack.inner", True)])
def test_a_submodule_that_its_own_module_reaches_after_another_import_stays(imported, is_free):
    text = "import pack.inner\n\n\ndef run():\n    return pack.inner.SIZE\n\n\n"
    text += f"def other():\n    import {imported}\n\n    return pack.inner\n"
    others = {"pack/__init__.py": "", "pack/inner.py": "SIZE = 1\n", "pack/other.py": ""}

    assert (rewritten(RECIPE, text, modules=others) is not None) is is_free


PLUGINS = "import plugins\n\n\ndef run(name):\n    return plugins.find(name)\n"


@pytest.mark.parametrize(
    "plugins",
    [
        "REGISTRY = {}\n\n\ndef find(name):\n    return REGISTRY[name]\n",
        "import logging\n\nLOG = logging.getLogger(__name__)\n\n\nclass Found(ValueError):\n    pass\n",
        "from functools import lru_cache\n\n\n@lru_cache(maxsize=8)\ndef find(name):\n    return name\n",
        "from base import Base\n\n\nclass Found(Base):\n    size = 3\n",
        'try:\n    import json\nexcept ImportError:\n    json = None\n\nif __name__ == "__main__":\n    print(json)\n',
    ],
)
def test_a_module_of_the_project_that_only_defines_may_be_imported_later(plugins):
    modules = {"plugins.py": plugins, "base.py": "class Base:\n    pass\n"}

    assert rewritten(RECIPE, PLUGINS, modules=modules) is not None


@pytest.mark.parametrize(
    "plugins",
    [
        "print('loaded')\n",
        "import registry\n\n\n@registry.add\ndef find(name):\n    return name\n",
        "import registry\n\nregistry.items.append(__name__)\n",
        "import registry\n\nregistry.NAME = 1\n",
        "from base import Tracked\n\n\nclass Found(Tracked):\n    pass\n",
        "class Found(metaclass=type):\n    pass\n",
        "import os\n\nHOME = os.environ.get('HOME')\n",
        "import loud\n",
        "for name in ():\n    pass\n",
        "class Found:\n    print('made')\n",
    ],
)
def test_a_module_of_the_project_whose_import_does_more_stays(plugins):
    tracked = "class Tracked:\n    def __init_subclass__(cls):\n        print(cls)\n"
    modules = {"plugins.py": plugins, "registry.py": "items = []\n", "base.py": tracked, "loud.py": "print(1)\n"}

    assert rewritten(RECIPE, PLUGINS, modules=modules) is None


def test_a_package_keeps_its_public_imports():
    text = "import decimal as DECIMAL\n\n\ndef f():\n    return DECIMAL.Decimal(1)\n"
    package = {"pkg/__init__.py": text}

    def found(name):
        return sites_of_file(package["pkg/__init__.py"].replace("DECIMAL", name))

    assert found("d") == []
    assert len(found("_d")) == 1


def sites_of_file(text):
    from tests.fakes.recipe_programs import project_of

    project = project_of("", modules={"pkg/__init__.py": text})
    return list(RECIPE.sites(project.modules["pkg/__init__.py"], project))


def test_each_function_imports_only_what_it_uses():
    before = (
        "from decimal import (\n    Decimal,\n    getcontext as context,\n)\n\n\n"
        "def f():\n    return Decimal(1)\n\n\ndef g():\n    return context().prec + int(Decimal(2))\n"
    )

    after = rewritten(RECIPE, before)

    assert after is not None
    assert "def f():\n    from decimal import Decimal\n\n    return" in after
    assert "def g():\n    from decimal import Decimal, getcontext as context\n\n    return" in after


def test_a_process_that_does_not_call_the_function_does_not_import(tmp_path):
    after = rewritten(RECIPE, PRICE)
    assert after is not None
    look = (
        "import sys, app; before = 'decimal' in sys.modules; print(app.price('1.5'), before, 'decimal' in sys.modules)"
    )

    (tmp_path / "app.py").write_text(after)
    result = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    assert result.stdout == "3.0 False True\n"


def _import(module, cost_s, *, line=1, executed=False, file="app.py"):
    return ImportProfile(
        module=module,
        file=f"/lib/{module}.py",
        self_s=cost_s,
        total_s=cost_s,
        importer_file=file,
        importer_line=line,
        executed=executed,
    )


def _called(identity, calls):
    return FunctionFacts(
        id=identity,
        calls=calls,
        distinct_arguments=1,
        keyable_calls=calls,
        consistent=True,
        consistent_by_receiver=True,
        receivers=0,
        argument_types={},
        result_types={},
        results_immutable=True,
        raised=0,
        max_depth=1,
    )


@pytest.mark.parametrize("executed", [False, None])
def test_a_costly_import_that_was_not_needed_is_chosen_with_its_share_of_the_workload(executed):
    (site,) = sites_of(RECIPE, PRICE)
    imports = (_import("decimal", 0.006, executed=executed), _import("json", 0.018, line=7, executed=True))

    choice = RECIPE.choose(site, profile_of(imports=imports), facts_of())

    assert isinstance(choice, Choice)
    assert choice.expected_share == pytest.approx(0.006)  # of one second
    assert "unused_import_ms=6.00" in choice.evidence


def test_the_import_statement_is_the_target_that_the_table_shows():
    (site,) = sites_of(RECIPE, '"""Doc."""\n' + PRICE)

    assert site.key == FunctionKey(file="app.py", first_line=2, qualname="<module>")


@pytest.mark.parametrize(
    ("imports", "calls", "reason"),
    [
        ((), 0, "nothing was imported first"),
        ((_import("decimal", 0.006, line=3),), 0, "nothing was imported first"),
        ((_import("decimal", 0.0019),), 0, "1.90 ms were unused"),
        ((_import("decimal", 0.006, executed=True),), 0, "0.00 ms were unused"),
        ((_import("decimal", 0.006),), 3, "price ran in the workload"),
        ((_import("decimal", 0.006),), 100_001, "called 100001 times"),
    ],
)
def test_the_facts_veto_cheap_imports_and_those_that_were_needed(imports, calls, reason):
    (site,) = sites_of(RECIPE, PRICE)
    facts = facts_of(*([_called(site.requests[0].id, calls)] if calls else []))

    assert reason in reason_of(RECIPE.choose(site, profile_of(imports=imports), facts))


def test_a_function_that_the_profile_saw_running_would_import_all_the_same():
    (site,) = sites_of(RECIPE, PRICE)
    profile = profile_of({site.requests[0].key: 0.2}, imports=(_import("decimal", 0.006),))

    assert "price ran in the workload" in reason_of(RECIPE.choose(site, profile, facts_of()))


def test_another_eager_importer_that_was_loaded_would_import_all_the_same():
    (site,) = sites_of(
        RECIPE, PRICE, modules={"other.py": "import decimal\n", "idle.py": "from decimal import Decimal\n"}
    )
    lone, joined = _import("decimal", 0.006), _import("fractions", 0.001, file="other.py")

    assert isinstance(RECIPE.choose(site, profile_of(imports=(lone,)), facts_of()), Choice)
    assert "other.py imports it too" in reason_of(RECIPE.choose(site, profile_of(imports=(lone, joined)), facts_of()))


TAKING = "from side import RATE\n\n\ndef run():\n    return RATE\n\n\n"


@pytest.mark.parametrize(
    "side",
    [
        "import pack\n\nRATE = pack.TOP\n",
        "from pack import TOP as RATE\n",
        "from pack import TOP\n\n\ndef RATE():\n    return TOP\n",
        "from deep import RATE\n",
    ],
)
def test_a_module_that_takes_what_another_changes_is_imported_early(side):
    others = {"side.py": side, "deep.py": "import pack\n\nRATE = (pack.TOP, 1)\n", "pack.py": "TOP = 1\n"}

    assert rewritten(RECIPE, TAKING + "def other():\n    return 1\n", modules=others) is not None
    changing = TAKING + "def other():\n    import pack\n\n    pack.TOP = 9\n"
    assert rewritten(RECIPE, changing, modules=others) is None
    others["pack.py"] += "\n\ndef change():\n    global TOP\n    TOP = 2\n"
    assert rewritten(RECIPE, TAKING, modules=others) is None


@pytest.mark.parametrize(
    "telling",
    [
        "def other():\n    return 'decimal' in price.__globals__\n",
        "import sys\n\n\ndef other():\n    return 'decimal' in sys._getframe().f_globals\n",
        "def other():\n    import app\n\n    return hasattr(app, 'decimal')\n",
        "def other():\n    import app\n\n    return app.decimal\n",
        "def other():\n    from app import decimal\n\n    return decimal\n",
    ],
)
def test_a_name_that_its_own_module_looks_for_from_outside_stays(telling):
    assert rewritten(RECIPE, f"{PRICE}\n\n{telling}") is None


def test_a_package_that_is_asked_for_missing_names_is_imported_early():
    asked = "TOP = 1\n\n\ndef __getattr__(name):\n    print(name)\n    raise AttributeError(name)\n"
    others = {"pack/__init__.py": asked, "pack/inner.py": "SIZE = 1\n"}

    for line, name in (
        ("from pack import inner", "inner"),
        ("import pack.inner", "pack"),
        ("from pack import TOP", "TOP"),
    ):
        text = f"{line}\n\n\ndef run():\n    return {name}\n"
        assert rewritten(RECIPE, text, modules=others) is None
        assert rewritten(RECIPE, text, modules={**others, "pack/__init__.py": "TOP = 1\n"}) is not None
