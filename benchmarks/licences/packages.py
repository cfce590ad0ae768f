"""The packages whose own tests are the proof: popular, pure Python, with their tests in the source distribution."""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package and how its tests run offline, in under a minute.

    Attributes:
        name, version: in the registry.
        sources: its packages and modules, relative to the top of the source distribution.
        arguments: of pytest, beside those of the configuration.
        needs: what its tests need beside pytest, as requirements.
    """

    name: str
    version: str
    sources: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def import_roots(self) -> tuple[str, ...]:
        """Return the folders that its modules are imported from."""
        return tuple(sorted({PurePosixPath(source).parent.as_posix() for source in self.sources}))

    @property
    def module(self) -> str:
        """Return the import name of the first of its sources."""
        return PurePosixPath(self.sources[0]).stem


PACKAGES = (
    Package(name="attrs", version="26.1.0", sources=("src/attr", "src/attrs"), needs=("hypothesis", "cloudpickle")),
    Package(
        name="boltons", version="26.2.0", sources=("boltons",), arguments=("--doctest-modules", "boltons", "tests")
    ),
    Package(name="cachetools", version="8.0.1", sources=("src/cachetools",)),
    Package(name="click", version="8.5.1", sources=("src/click",), arguments=("-k", "not stress")),
    Package(name="docutils", version="0.23", sources=("docutils",), arguments=("test",)),
    Package(name="h11", version="0.16.0", sources=("h11",)),
    Package(name="humanize", version="4.17.0", sources=("src/humanize",), needs=("freezegun",)),
    Package(name="idna", version="3.20", sources=("idna",)),
    Package(name="inflect", version="7.6.0", sources=("inflect",)),
    Package(name="itsdangerous", version="2.2.0", sources=("src/itsdangerous",), needs=("freezegun",)),
    Package(name="jinja2", version="3.1.6", sources=("src/jinja2",), needs=("trio",)),
    Package(name="jsonschema", version="4.26.0", sources=("jsonschema",), needs=("jsonpath-ng",)),
    Package(
        name="markdown",
        version="3.11.3",
        sources=("markdown",),
        arguments=("-W", "ignore::pytest.PytestCollectionWarning"),
        needs=("pyyaml",),
    ),
    Package(
        name="mistune",
        version="3.4.0",
        sources=("src/mistune",),
        arguments=("-k", "not linear and not quickly and not forever and not rescan"),  # they compare times
    ),
    Package(name="more-itertools", version="11.2.1", sources=("more_itertools",)),
    Package(name="networkx", version="3.6.1", sources=("networkx",), arguments=("networkx/algorithms/tests",)),
    Package(
        name="packaging",
        version="26.3",
        sources=("src/packaging",),
        arguments=("-k", "not comparison", "--ignore=tests/property"),
        needs=("pretend", "hypothesis"),
    ),
    Package(name="parso", version="0.8.7", sources=("parso",), arguments=("test",)),
    Package(
        name="pyparsing", version="3.3.3", sources=("pyparsing",), arguments=("tests",), needs=("railroad-diagrams",)
    ),
    Package(name="pygments", version="2.21.0", sources=("pygments",), needs=("wcag-contrast-ratio", "lxml")),
    Package(name="sqlparse", version="0.6.1", sources=("sqlparse",)),
    Package(name="tabulate", version="0.10.0", sources=("tabulate",), arguments=("test",), needs=("wcwidth",)),
    Package(name="tomlkit", version="0.15.2", sources=("tomlkit",), needs=("pyyaml",)),
    Package(name="toolz", version="1.2.0", sources=("toolz", "tlz")),
    Package(name="wcwidth", version="0.6.0", sources=("wcwidth",)),
    Package(
        name="werkzeug",
        version="3.1.9",
        sources=("src/werkzeug",),
        arguments=("--ignore=tests/test_serving.py",),
        needs=("pytest-timeout", "ephemeral-port-reserve"),
    ),
)
