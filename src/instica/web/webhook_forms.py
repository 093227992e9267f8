"""The form of a webhook endpoint."""

from __future__ import annotations

from django import forms

from instica.notices import kinds
from instica.notices.models import Endpoint


class EndpointForm(forms.Form):
    """Where to send which events; none ticked is all."""

    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://example.com/hooks", "autocomplete": "off"}),
        help_text="https, and reachable from everywhere.",
    )
    description = forms.CharField(max_length=120, required=False, help_text="What it is for. Only you see it.")
    types = forms.MultipleChoiceField(
        label="Events",
        choices=[(name, f"{name}: {kinds.KINDS[name].text}") for name in kinds.chosen()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def of(cls, endpoint: Endpoint) -> EndpointForm:
        """Filled with what is kept."""
        return cls(
            initial={"url": endpoint.url, "description": endpoint.description, "types": endpoint.types},
            auto_id="changed_%s",
        )
