"""Files are written, listed, searched, copied and read back in memory, in folders and in archives."""

import hashlib
import tempfile
from pathlib import Path

import fsspec
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.zip import ZipFileSystem

digest = hashlib.sha256()
memory = fsspec.filesystem("memory")
for folder in range(12):
    for number in range(30):
        with memory.open(f"/data/part{folder}/file{number}.csv", "wb") as file:
            file.write(b"a,b,c\n1,2,3\n" * (number + 1))
for _ in range(6):
    digest.update(repr(sorted(memory.find("/data"))).encode())
    digest.update(repr(sorted(memory.glob("/data/part*/file1?.csv"))).encode())
    digest.update(repr(memory.du("/data")).encode())
memory.copy("/data/part1", "/copy", recursive=True)
digest.update(repr([path for path, _, _ in memory.walk("/copy")]).encode())
with tempfile.TemporaryDirectory() as name:
    local = DirFileSystem(name, fsspec.filesystem("file"))
    for number in range(150):
        local.makedirs(f"out/{number % 7}", exist_ok=True)
        local.pipe(f"out/{number % 7}/{number}.txt", f"text {number}\n".encode() * 50)
    digest.update(repr(sorted(local.glob("out/**/*1.txt"))).encode())
    with fsspec.open(f"{name}/big.gz", "wb", compression="gzip") as file:
        file.write(b"some text\n" * 20000)
    with fsspec.open(
        f"simplecache::file://{name}/big.gz", "rt", compression="gzip", simplecache={"cache_storage": f"{name}/c"}
    ) as file:
        digest.update(str(sum(1 for _ in file)).encode())
    archive = ZipFileSystem(str(Path(name) / "a.zip"), mode="w")
    for number in range(150):
        archive.pipe_file(f"folder{number % 5}/file{number}", b"x" * 100)
    archive.close()
    archive = ZipFileSystem(str(Path(name) / "a.zip"))
    digest.update(repr(sorted(archive.find(""))).encode())
    for path in archive.find(""):
        digest.update(archive.cat_file(path))
print(digest.hexdigest())
