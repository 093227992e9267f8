"""Public ids: what they look like, and that they read back."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core import ids


@given(st.uuids())
def test_a_public_id_reads_back(value: uuid.UUID) -> None:
    assert ids.read("inv", ids.show("inv", value)) == value


def test_a_public_id_is_prefix_and_26_characters() -> None:
    assert re.fullmatch(r"job_[0-7][0-9a-hjkmnp-tv-z]{25}", ids.show("job", ids.new()))


def test_ids_made_later_sort_later() -> None:
    made = [ids.show("ord", ids.new()) for _ in range(50)]
    assert made == sorted(made)


@pytest.mark.parametrize(
    "text", ["", "inv", "inv_", "job_01h455vb4pex5vsknk084sn02q", "inv_81h455vb4pex5vsknk084sn02q", "inv_" + "u" * 26]
)
def test_what_is_no_id_of_that_kind_reads_as_none(text: str) -> None:
    assert ids.read("inv", text) is None


def test_a_stable_id_is_the_same_everywhere() -> None:
    assert ids.stable("plt", "discogs") == "plt_" + ids.stable("plt", "discogs")[4:] != ids.stable("plt", "ebay")
    assert ids.stable("plt", "ebay") == ids.show("plt", uuid.uuid5(uuid.NAMESPACE_URL, "https://instica.com/plt/ebay"))
