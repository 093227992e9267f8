"""Puts what a service refused onto the form it came from."""

from __future__ import annotations

from django import forms

from instica.core.errors import Problem


def blame(form: forms.Form, problem: Problem) -> None:
    """Each fault at its field; what belongs to no field stands above the form."""
    placed = False
    for fault in problem.faults:
        field = fault.pointer.rpartition("/")[2]
        form.add_error(field if field in form.fields else None, fault.detail)
        placed = True
    if not placed:
        form.add_error(None, problem.detail)
