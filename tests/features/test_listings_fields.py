"""The fields of a listing are judged as a JSON Schema validator that is not ours judges them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.listings import fields
from instica.listings.facts import facts
from tests.features.listing import MARKETPLACES

WORDS = ["auto", "i_did", "gid://shopify/Location/1", "176985", "USED_GOOD", "NEW", "x" * 300, "", "g", "US"]
SIMPLE = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 200_000), st.floats(-2, 5), st.sampled_from(WORDS), st.text(max_size=25)
)
VALUES = st.one_of(SIMPLE, st.lists(SIMPLE, max_size=15), st.dictionaries(st.text(max_size=45), SIMPLE, max_size=3))


@pytest.mark.parametrize("slug", MARKETPLACES)
@given(data=st.data())
def test_the_same_verdict(slug: str, data: st.DataObject) -> None:
    schema = facts(slug).schema
    names = st.sampled_from([*schema["properties"], "nonsense"])
    given_fields: dict[str, Any] = data.draw(st.dictionaries(names, VALUES, max_size=4))
    validator = jsonschema.Draft202012Validator(schema)
    wrong = {str(error.path[0]) for error in validator.iter_errors(given_fields) if error.path}
    unknown = given_fields.keys() - schema["properties"].keys()
    assert fields.wrong(schema, given_fields).keys() == wrong | unknown


def test_a_whole_number_may_be_written_with_a_point() -> None:
    schema = {"properties": {"weight": {"type": "integer"}}}
    assert fields.wrong(schema, {"weight": 230.0}) == {}
    assert fields.wrong(schema, {"weight": 230.5}) == {"weight": "Write a whole number."}
