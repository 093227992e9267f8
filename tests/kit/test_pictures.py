"""How a page's pictures become those of a draft: ours in order, the seller's own behind them, nothing twice."""

from __future__ import annotations

from instica.kit.pictures import There, arranged, placed
from instica.kit.types import Draft, RemoteListing

A, B, FILM, THEIRS = There("1", "https://cdn/a.jpg?v=1"), There("2", "https://cdn/b.jpg"), There("3"), There("4", "t")


def draft(*images: str, placed: dict[str, str] | None = None) -> Draft:
    return Draft("A print", (), images=images, placed=placed)


def test_ours_come_first_and_what_was_never_ours_stays_as_it_stands() -> None:
    known = {"photos/a": "https://cdn/a.jpg?v=2", "photos/b": "https://cdn/b.jpg"}
    page = [THEIRS, A, FILM, B]
    assert arranged(draft("photos/b", "photos/a", placed=known), page) == [B, A, THEIRS, FILM]
    assert arranged(draft("photos/new", "photos/a", placed=known), page) == ["photos/new", A, THEIRS, FILM]
    assert arranged(draft("photos/a", "photos/a", placed={}), page) == ["photos/a", *page]
    assert arranged(draft("https://cdn/b.jpg", placed={}), page) == [B, THEIRS, A, FILM]


def test_what_became_of_ours_is_known_once_all_are_there() -> None:
    page = RemoteListing("7", "A print", "live", (), images=("x", "y", "theirs"))
    assert placed(draft("photos/a", "photos/b"), page) == {"photos/a": "x", "photos/b": "y"}
    assert placed(draft("photos/a", "photos/b"), RemoteListing("7", "A print", "live", (), images=("y",))) is None
