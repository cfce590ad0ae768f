"""Versions are sorted and matched, requirements and markers parsed and asked, tags of wheels compared."""

import hashlib
import random

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import sys_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

chosen = random.Random(7)
texts = [
    f"{chosen.randrange(5)}.{chosen.randrange(30)}.{chosen.randrange(9)}{end}"
    for end in ("", "rc1", ".post2", ".dev3")
    for _ in range(4000)
]
digest = hashlib.sha256()
digest.update(" ".join(map(str, sorted(map(Version, texts)))).encode())
for asked in (">=1.0,<3", "~=2.4", "!=1.5.*,>1", "==3.*", ">=2.0rc1"):
    digest.update(" ".join(SpecifierSet(asked).filter(texts)).encode())
LINES = (
    "requests[security]>=2.8.1,==2.8.* ; python_version < '2.7' or extra == 'x'",
    "name @ https://example.org/name.zip",
    "other>=1.0,!=1.3; sys_platform == 'linux' and python_version >= '3.8'",
)
for number in range(5000):
    requirement = Requirement(LINES[number % 3].replace("other", f"other{number}"))
    digest.update(f"{canonicalize_name(requirement.name)} {requirement.specifier}".encode())
    if requirement.marker is not None:
        told = {"sys_platform": "linux", "python_version": "3.11", "extra": ""}
        digest.update(str(requirement.marker.evaluate(told)).encode())
marker = Marker("python_version >= '3.9' and (os_name == 'posix' or platform_machine == 'arm64')")
digest.update(repr([marker.evaluate({"os_name": "posix", "python_version": "3.11"}) for _ in range(5000)]).encode())
ours = {str(tag) for tag in sys_tags()}
for number in range(5000):
    name, version, _, tags = parse_wheel_filename(f"some_name-1.{number}-py3-none-any.whl")
    digest.update(f"{name} {version} {bool(tags)} {len(ours) > 0}".encode())
print(digest.hexdigest())
