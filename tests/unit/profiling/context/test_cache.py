import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.context.cache import Cache

ANSWERS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "cache")


@settings(max_examples=15)
@given(puts=st.lists(st.tuples(st.text(max_size=6), ANSWERS), max_size=8), compacts=st.booleans())
def test_the_last_answer_that_was_put_is_got_before_and_after_compacting(
    tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[str, dict[str, object]]], compacts: bool
) -> None:
    cache = Cache(folder=tmp_path_factory.mktemp("one") / "cache")
    for key, answer in puts:
        cache.put(key, answer)
    if compacts:
        cache.compact()
    assert {key: cache.get(key) for key, _ in puts} == dict(puts)
    assert cache.get("never put") is None


def test_a_record_torn_at_any_byte_is_no_answer_and_spoils_no_later_one(cache: Cache) -> None:
    cache.put("first", {"n": 1})
    index = cache.folder / "index.jsonl"
    whole = index.read_bytes()
    cache.put("second", {"n": 2})
    both = index.read_bytes()
    for cut in range(len(whole), len(both)):
        index.write_bytes(both[:cut])
        assert (cache.get("first"), cache.get("second")) == ({"n": 1}, None)
        cache.put("third", {"n": 3})
        assert (cache.get("first"), cache.get("third")) == ({"n": 1}, {"n": 3})


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "a folder", "a link", "empty"])
def test_a_missing_or_damaged_answer_is_a_miss(cache: Cache, tmp_path: Path, damage: str) -> None:
    cache.put("key", {"n": 1})
    (blob,) = cache.folder.glob("blobs/*/*.json")
    content = blob.read_bytes()
    blob.unlink()
    if damage == "a folder":
        blob.mkdir()
    elif damage == "a link":
        (tmp_path / "elsewhere").write_bytes(content)
        blob.symlink_to(tmp_path / "elsewhere")
    elif damage != "missing":
        blob.write_bytes({"cut": content[:-1], "changed": content.replace(b"1", b"2"), "empty": b""}[damage])
    assert cache.get("key") is None


@pytest.mark.parametrize(
    "line",
    [
        b"\n\n",
        b"no json\n",
        b'{"key":"key"}\n',
        b'{"key":"key","blob":"../../../etc/passwd"}\n',
        b'{"key":"key","blob":7,"at":"x","ttl_seconds":"y"}\n',
        b"[" * 5000 + b"\n",
        b"\xff\xfe\n",
    ],
)
def test_an_index_that_somebody_else_wrote_is_a_miss(cache: Cache, line: bytes) -> None:
    cache.put("other", {"n": 1})
    index = cache.folder / "index.jsonl"
    index.write_bytes(line + index.read_bytes() + line)
    assert cache.get("key") is None
    assert cache.get("other") == {"n": 1}
    cache.compact()
    assert cache.get("other") == {"n": 1}


def test_an_answer_counts_until_its_time_is_over_and_not_before_it_was_found(tmp_path: Path) -> None:
    now = [1000.0]
    cache = Cache(folder=tmp_path / "cache", now=lambda: now[0])
    cache.put("tools", {"n": 1}, ttl_seconds=60)
    cache.put("files", {"n": 2})
    seen = []
    for moment in (1000.0, 1059.9, 1060.0, 999.0):
        now[0] = moment
        seen.append((cache.get("tools"), cache.get("files")))
    assert seen == [({"n": 1}, {"n": 2}), ({"n": 1}, {"n": 2}), (None, {"n": 2}), (None, {"n": 2})]


def test_compacting_leaves_what_counts_and_frees_the_rest(tmp_path: Path) -> None:
    now = [0.0]
    cache = Cache(folder=tmp_path / "cache", now=lambda: now[0])
    for number in range(5):
        cache.put("key", {"n": number})
    cache.put("old", {"n": "old"}, ttl_seconds=1)
    now[0] = 10.0
    done = cache.compact()
    assert (done.kept_records, done.removed_records, done.removed_blobs) == (1, 5, 5)
    assert done.freed_bytes > 0
    assert cache.get("key") == {"n": 4}
    assert len(list(cache.folder.glob("blobs/*/*"))) == 1
    assert cache.compact().removed_records == 0


def test_compacting_nothing_is_nothing(cache: Cache) -> None:
    done = cache.compact()
    assert (done.kept_records, done.removed_records, done.freed_bytes) == (0, 0, 0)
    assert not cache.folder.exists()


def test_writers_side_by_side_lose_nothing(cache: Cache) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            cache.put(f"{writer}-{number}", {"n": number})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(cache.get(f"{writer}-{number}") == {"n": number} for writer in range(4) for number in range(10))


def test_a_cache_that_is_a_link_is_refused(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    cache.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        cache.put("key", {"n": 1})
    assert list((tmp_path / "elsewhere").iterdir()) == []
