"""Texts, patterns and files: before and after each recipe."""

from collections.abc import Callable, Iterator

from benchmarks.ratio_runner import Case


def regex_hoist() -> Iterator[Case]:
    setup = "import re\ntext = 'some words 12 x'\nspaces = re.compile(r'\\s+')\n"
    setup += "numbers = re.compile(r'[0-9]+')\nflagged = re.compile(r'WORDS', re.IGNORECASE)\n"
    for words, before, after in (
        ("sub", "re.sub(r'[0-9]+', '', text)", "numbers.sub('', text)"),
        ("search", "re.search(r'\\s+', text)", "spaces.search(text)"),
        ("search with flags", "re.search(r'WORDS', text, re.IGNORECASE)", "flagged.search(text)"),
    ):
        yield Case(recipe="regex-hoist", parameters=f"{words}, 15 characters", setup=setup, before=before, after=after)


def attribute_text() -> Iterator[Case]:
    for pieces in (500, 5000):
        yield Case(
            recipe="attribute-text",
            parameters=f"{pieces} pieces of 10 characters added to an attribute",
            setup=f"class C: pass\no = C()\nt = 'x' * 10\nr = range({pieces})",
            before="o.s = ''\nfor i in r:\n    o.s += t",
            after="o.s = ''\np = [o.s]\ntry:\n    for i in r:\n        p.append(t)\nfinally:\n    o.s = ''.join(p)",
        )
    yield Case(
        recipe="attribute-text",
        parameters="not shipped: 5000 fresh pieces added to a local",
        setup="r = range(5000)\nt = 'x' * 10",
        before="s = ''\nfor i in r:\n    s += f'{i},{t}'",
        after="p = ['']\nfor i in r:\n    p.append(f'{i},{t}')\ns = ''.join(p)",
    )


def regex_text() -> Iterator[Case]:
    setup = "import re\ns = 'some-text.with_1'\nC = re.compile('[-_.]')\nD = re.compile('some')"
    guarded = "for x in (s,):\n    x.replace('_', '-').replace('.', '-') if type(x) is str else None"
    yield Case(
        recipe="regex-text",
        parameters="re.sub of a class, 16 characters, behind a test of the type",
        setup=setup,
        before="for x in (s,):\n    re.sub('[-_.]', '-', x)",
        after=guarded,
    )
    yield Case(
        recipe="regex-text",
        parameters="the same, compiled before",
        setup=setup,
        before="for x in (s,):\n    C.sub('-', x)",
        after=guarded,
    )
    yield Case(
        recipe="regex-text",
        parameters="compiled, six characters, no hit in 3000",
        setup="import re\ns = 'some text with' * 200\nC = re.compile('[-_.:;,]')",
        before="for x in (s,):\n    C.sub('', x)",
        after="for x in (s,):\n    x.replace('-', '').replace('_', '').replace('.', '')"
        ".replace(':', '').replace(';', '').replace(',', '') if type(x) is str else None",
    )
    yield Case(
        recipe="regex-text",
        parameters="match at the start, compiled, a hit, behind a test of the type",
        setup=setup,
        before="for x in (s,):\n    if D.match(x): pass",
        after="for x in (s,):\n    if (x.startswith('some') if type(x) is str else None): pass",
    )
    yield Case(
        recipe="regex-text",
        parameters="not shipped: search, compiled, no hit in 3000 characters, behind a test of the type",
        setup="import re\ns = 'other text' * 300\nD = re.compile('some')",
        before="for x in (s,):\n    if D.search(x): pass",
        after="for x in (s,):\n    if ('some' in x if type(x) is str else None): pass",
    )


def prefix_tuple() -> Iterator[Case]:
    tested = "s.startswith(%s) if type(s) is str else None"
    for count, text in ((2, "ftp"), (4, "ftp"), (2, "a1")):
        several = [f"'{letter}'" for letter in "abcd"[:count]]
        chain = " or ".join(f"s.startswith({one})" for one in several)
        yield Case(
            recipe="prefix-tuple",
            parameters=f"a chain of {count}, {'the first fits' if text == 'a1' else 'none fits'}, behind a test",
            setup=f"def f(s):\n    return {chain}\ndef g(s):\n    return {tested % ('(' + ', '.join(several) + ')')}",
            before=f"f({text!r})",
            after=f"g({text!r})",
        )
    for kind, prefixes, text in (("tuple", "P", "ftp"), ("list", "tuple(P)", "ftp"), ("tuple", "P", "a1")):
        yield Case(
            recipe="prefix-tuple",
            parameters=f"any of a {kind} of 3, {'the first fits' if text == 'a1' else 'none fits'}, behind a test",
            setup=f"P = {kind}('abc')\ndef f(s):\n    return any(s.startswith(p) for p in P)\n"
            f"def g(s):\n    return {tested % prefixes}",
            before=f"f({text!r})",
            after=f"g({text!r})",
        )


def shared_texts() -> Iterator[Case]:
    setup = "import sys\nlines = [f'{i},some kind {i % 20}' for i in range(10000)]"
    yield Case(
        recipe="shared-texts",
        parameters="a piece of 10000 lines: CPU time, the gain is memory",
        setup=setup,
        before="q = []\nfor line in lines:\n    name, kind = line.split(',')\n    q.append(kind)",
        after="q = []\nfor line in lines:\n    name, kind = line.split(',')\n"
        "    q.append(sys.intern(kind) if type(kind) is str else kind)",
    )


def file_lines() -> Iterator[Case]:
    yield Case(
        recipe="file-lines",
        parameters="50000 lines of 40 characters: CPU time, the gain is memory",
        setup="import tempfile\nf = tempfile.NamedTemporaryFile('w+')\n"
        "f.write(('x' * 39 + chr(10)) * 50000)\nf.flush()",
        before="with open(f.name) as g:\n    for line in g.readlines(): pass",
        after="with open(f.name) as g:\n    for line in g: pass",
    )


def buffered_writes() -> Iterator[Case]:
    setup = "import tempfile\np = tempfile.NamedTemporaryFile()\nt = 'x' * 39 + chr(10)\nb = t.encode()\n"
    asked = (
        ("flush()", "'w'", "", "f.write(t)", "\n        f.flush()"),
        ("buffering=1", "'w'", ", buffering=1", "f.write(t)", ""),
        ("buffering=0", "'wb'", ", buffering=0", "f.write(b)", ""),
    )
    for words, mode, short, line, end in asked:
        yield Case(
            recipe="buffered-writes",
            parameters=f"1000 lines of 40 characters, {words}",
            setup=setup,
            before=f"with open(p.name, {mode}{short}) as f:\n    for i in range(1000):\n        {line}{end}",
            after=f"with open(p.name, {mode}) as f:\n    for i in range(1000):\n        {line}",
        )
    yield Case(
        recipe="buffered-writes",
        parameters="1000 lines printed, flush=True",
        setup=setup,
        before="with open(p.name, 'w') as f:\n    for i in range(1000):\n        print(t, file=f, flush=True)",
        after="with open(p.name, 'w') as f:\n    for i in range(1000):\n        print(t, file=f)",
    )


def folder_files() -> Iterator[Case]:
    setup = "import os\nimport tempfile\nd = tempfile.TemporaryDirectory()\np = d.name\n"
    setup += "for i in range(300):\n    open(os.path.join(p, str(i)), 'w').close()\n"
    yield Case(
        recipe="folder-files",
        parameters="a folder of 300 files",
        setup=setup,
        before="[n for n in os.listdir(p) if os.path.isfile(os.path.join(p, n))]",
        after="[n.name for n in os.scandir(os.fspath(p)) if (os.path.isfile(n) if n.is_symlink() else n.is_file())]",
    )


def iso_dates() -> Iterator[Case]:
    for form, text, looks in (
        ("%Y-%m-%d", "2024-02-29", 'len(text) == 10 and text[4::3] == "--"'),
        ("%Y-%m-%d %H:%M:%S", "2024-02-29 12:34:56", 'len(text) == 19 and text[4::3] == "-- ::"'),
    ):
        setup = "from datetime import datetime\ndef iso(text):\n"
        setup += f"    if type(text) is str and {looks} and text[11:13] != '24':\n        try:\n"
        setup += "            return datetime.fromisoformat(text)\n        except ValueError:\n            pass\n"
        setup += f"    return datetime.strptime(text, {form!r})\n"
        yield Case(
            recipe="iso-dates",
            parameters=f"a text of {len(text)} characters",
            setup=setup,
            before=f"datetime.strptime({text!r}, {form!r})",
            after=f"iso({text!r})",
        )


def yaml_loader() -> Iterator[Case]:
    yield Case(
        recipe="yaml-loader",
        parameters="a mapping of 50 short lists; needs PyYAML with its C library",
        setup="import yaml\nt = yaml.safe_dump({f'key{i}': [i, f'text {i}', i / 3] for i in range(50)})",
        before="yaml.safe_load(t)",
        after="yaml.load(t, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))",
    )


def guarded_logging() -> Iterator[Case]:
    logger = "import logging\nlog = logging.getLogger('ratio')\nlog.setLevel(logging.WARNING)\nbig = list(range(100))\n"
    messages = {
        "one value": "f'loading {a}'",
        "two values": "f'loading {a} for {b!r}'",
        "% with two values": "'loading %s for %s' % (a, b)",
        "a list of 100": "f'loading {big}'",
    }
    for parameters, message in messages.items():
        plain = f"def plain(a, b):\n    log.debug({message})\n"
        guarded = f"def guarded(a, b):\n    if log.isEnabledFor(logging.DEBUG):\n        log.debug({message})\n"
        yield Case(
            recipe="guarded-logging",
            parameters=f"a disabled message, {parameters}",
            setup=logger + plain + guarded,
            before="plain(1, 'text')",
            after="guarded(1, 'text')",
        )


CASES: tuple[Callable[[], Iterator[Case]], ...] = (
    regex_hoist,
    attribute_text,
    regex_text,
    prefix_tuple,
    shared_texts,
    file_lines,
    buffered_writes,
    folder_files,
    iso_dates,
    yaml_loader,
    guarded_logging,
)
