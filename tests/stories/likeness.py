"""What an import left behind, told without the ids and moments that differ from run to run."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Field, ForeignKey, Model, UUIDField

from instica.inventory.models import Image

APPS = ("catalog", "inventory", "listings", "orders")
NAMES = {
    "artist": "name",
    "label": "name",
    "product": "search",
    "item": "offers__listing__remote_id",
    "listing": "remote_id",
    "offer": "listing__remote_id",
}
OF_A_RUN = {"reference", "before", "evidence", "baseline"}
LOOKED_UP_LATER = {"image", "barcode", "year"}


def likeness() -> dict[str, list[str]]:
    """Every table an import writes, row by row, its rows named by what the marketplace calls them.

    What is looked up afterwards, in its own time, is left out.
    """
    models = [model for label in APPS for model in apps.get_app_config(label).get_models() if model is not Image]
    return {model._meta.label: _rows(model) for model in [*models, apps.get_model("imports", "Row")]}


def _rows(model: type[Model]) -> list[str]:
    columns = [name for field in model._meta.concrete_fields if (name := _column(field))]
    return sorted(json.dumps(dict(zip(columns, row, strict=True)), sort_keys=True) for row in _values(model, columns))


def _values(model: type[Model], columns: list[str]) -> Any:
    return model._default_manager.values_list(*columns)


def _column(field: Field[Any, Any]) -> str:
    if isinstance(field, ForeignKey):
        named = NAMES.get(field.name)
        return f"{field.name}__{named}" if named else ""
    if isinstance(field, UUIDField | DateTimeField) or field.name in OF_A_RUN | LOOKED_UP_LATER:
        return ""
    return field.name
