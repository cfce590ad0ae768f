import os
from textwrap import dedent

from profiling.run_facts import RunFacts

MODULE = dedent("""
    import json, logging, os, pickle, re
    from json import loads as parse
    from pathlib import Path

    log = logging.getLogger("mod")

    def round_trip(value):
        text = json.dumps(value)
        return parse(text), pickle.loads(pickle.dumps(value))

    def talk(number):
        log.debug("number %s", number)
        log.warning("number %s", number)
        logging.info("root")

    def find(text, flags):
        return (re.match("a+", text), re.sub(r"b", "", text, flags=re.I | re.M), re.search("c", text, flags),
                re.match(re.compile("d"), text))

    def look(path):
        if os.path.exists(path) and Path(path).is_file():
            with open(path) as file:
                return file.read()
        return Path("gone").exists()

    async def wait(number):
        import asyncio
        await asyncio.sleep(0.001)
        try:
            await fails()
        except ValueError:
            pass
        return number

    async def fails():
        raise ValueError

    async def together(count):
        import asyncio
        return await asyncio.gather(*(wait(number) for number in range(count)))

    async def apart(count):
        return [await wait(number) for number in range(count)]
""")
MAIN = """
import asyncio, logging, mod
logging.basicConfig(level=logging.WARNING, format="%(message)s")
for number in range(3):
    print(mod.round_trip({"a": number // 2}))
    mod.talk(number)
    print([bool(found) for found in mod.find("xaB", 0)])
    print(mod.look("data.txt"), mod.look("none.txt"))
print(asyncio.run(mod.together(4)), asyncio.run(mod.apart(2)))
"""


def at(begins: str, what: str = "") -> str:
    lines = enumerate(MODULE.splitlines(), 1)
    number = next(number for number, content in lines if content.strip().startswith(begins))
    return f"mod.py:{number} {what}".rstrip()


def test_lines_that_parse_log_match_and_wait_are_seen_on_every_interpreter(each_interpreter, observer, source) -> None:
    observer.interpreter = each_interpreter
    text = source(MODULE)
    observer.write(MAIN, mod=MODULE)
    (observer.root / "data.txt").write_text("12345")
    observed = observer.run(text.function("round_trip"))
    plain = observer.plain()
    assert observed.finished is not None
    assert (observed.finished.stdout, observed.finished.stderr) == (plain.stdout.decode(), plain.stderr.decode())
    assert observed.facts.notes == ()
    run: RunFacts = observed.facts.run
    parsed = run.serde[at("return parse", "json.loads")]
    assert (parsed.calls, parsed.of_dumped, parsed.repeats) == (3, 3, 1)
    assert run.serde[at("return parse", "pickle.loads")].of_dumped == 3
    assert run.serde[at("text = json", "json.dumps")].calls == 3
    logged = {name: (use.calls, use.disabled) for name, use in run.logging.items()}
    assert logged == {
        at("log.debug", "debug"): (3, 3),
        at("log.warning", "warning"): (3, 0),
        at("logging.info", "info"): (3, 3),
    }
    matched = {name: (use.calls, use.compiled, use.distinct) for name, use in run.patterns.items()}
    assert matched == {
        at("return (re.match", "re.match"): (3, 1, 1),
        at("return (re.match", "re.sub"): (3, 1, 1),
        at("return (re.match", "re.search"): (3, 0, 1),
        at("re.match(re.comp", "re.compile"): (3, 1, 1),
    }
    data = run.files["data.txt"]
    assert (data.opens, data.unchanged_opens, data.opened_bytes) == (3, 2, 15)
    assert (data.stats, data.unchanged_stats) == (6, 5)
    assert data.lines == {at("if os.path"): 6, at("with open"): 3}
    assert run.files["none.txt"].unchanged_stats == 2
    waited = run.awaits[at("await asyncio.sleep")]
    assert (waited.awaits, waited.tasks, waited.max_in_flight) == (6, 5, 4)
    assert run.awaits[at("await fails")].max_in_flight == 1
    assert run.awaits[at("return [await")].max_in_flight == 1
    assert run.awaits[at("return [await")].awaited_types == {"coroutine": 2}
    assert waited.waited_s > 0
    assert len(run.gc_thresholds) == 1


def test_paths_outside_the_root_keep_their_name_alone(observer, source, tmp_path) -> None:
    text = source("def read(path):\n    with open(path) as file: return file.read()\n")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "name.txt").write_text("x")
    observer.write(f"import mod; mod.read({os.fspath(tmp_path / 'secret' / 'name.txt')!r})", mod=text.text)
    files = observer.run(text.function("read")).facts.run.files
    (name,) = (name for name in files if name.endswith("/name.txt"))
    assert name.startswith("(outside ")
    assert "secret" not in name


def test_without_the_whole_run_nothing_of_it_is_recorded(observer, source) -> None:
    text = source(MODULE)
    observer.write("import mod; mod.talk(1)", mod=MODULE)
    assert observer.run(text.function("talk"), whole_run=False).facts.run == RunFacts()


def test_many_paths_are_bounded(observer, source) -> None:
    module = "import os\ndef look(path): return os.path.exists(path)\n"
    text = source(module)
    observer.write("import mod\nfor number in range(400): mod.look(f'p{number}')", mod=module)
    assert len(observer.run(text.function("look")).facts.run.files) == 256
