"""Says what is wrong with a row before it is written, in the words the doors understand."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models

from instica.core.errors import Fault, Invalid


def check(row: models.Model, fields: Collection[str]) -> None:
    """Raise ``Invalid`` with every fault of those fields at once; their texts lose the blanks around them."""
    for name in fields:
        value = getattr(row, name)
        if isinstance(value, str):
            setattr(row, name, value.strip())
    others = {field.name for field in row._meta.fields} - set(fields)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise refusal(error) from error


def refusal(error: ValidationError) -> Invalid:
    """Django's faults by field, as ours with pointers."""
    faults = [Fault(text, f"#/{name}") for name, texts in error.message_dict.items() for text in texts]
    return Invalid("What was sent is not valid.", code="validation_error", faults=faults)


def fault(detail: str, field: str, code: str = "validation_error") -> Invalid:
    """A refusal of one field."""
    return Invalid(detail, code=code, faults=[Fault(detail, f"#/{field}")])
