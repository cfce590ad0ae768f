import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from profiling.measure.digest import Digest, own_places

PLACES = {b"/aab": b"\0short\0", b"/aab/a": b"\0long\0", b"/b": b"\0other\0"}
PIECES = st.lists(st.sampled_from([b"/", b"a", b"b", b"/aab", b"/aab/a", b"/b", b"x"]), max_size=30)


def digest_of(*pieces: bytes, places: dict[bytes, bytes] = PLACES) -> str:
    digest = Digest(places)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def renamed(text: bytes) -> bytes:
    """Replace what begins first, the longest of it, by stepping through the text."""
    done = bytearray()
    while text:
        place = max((place for place in PLACES if text.startswith(place)), key=len, default=b"")
        done += PLACES[place] if place else text[:1]
        text = text[len(place) or 1 :]
    return bytes(done)


@given(PIECES)
def test_places_count_by_their_names_however_the_stream_is_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = hashlib.sha256(renamed(whole)).hexdigest()

    assert digest_of(*pieces) == digest_of(whole) == expected
    assert digest_of(*(whole[at : at + 1] for at in range(len(whole)))) == expected


@given(st.lists(st.binary()))
def test_without_places_it_is_the_digest_of_the_bytes(pieces: list[bytes]) -> None:
    assert digest_of(*pieces, places={}) == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_a_place_is_known_as_written_and_as_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    places = own_places(tmp_path / "link", {"HOME": str(tmp_path), "TMPDIR": "relative"})

    assert places == {
        bytes(tmp_path / "link"): b"\0cwd\0",
        bytes(tmp_path / "real"): b"\0cwd\0",
        bytes(tmp_path): b"\0HOME\0",
    }


def test_a_place_that_is_hardly_a_path_is_left_as_it_is() -> None:
    assert own_places(Path("/"), {"HOME": "/a"}) == {}
