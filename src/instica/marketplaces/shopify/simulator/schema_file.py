"""The part of Shopify's Admin schema that the simulator knows, built once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

FOLDER = Path(__file__).parent / "schema"


@cache
def schema() -> GraphQLSchema:
    """Every ``.graphql`` file of the folder as one schema."""
    return build_schema("\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql"))))
