"""The forms of the inventory: an item, its stock, its product, a thing to add, a change of many."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from instica.catalog.models import Kind, Product
from instica.core.money import CURRENCIES, Money, NotMoney, two_places
from instica.inventory import editing, grades, products, stock
from instica.inventory.bulk import Rule, Wanted
from instica.inventory.models import Item, Status
from instica.web.people_forms import choices

AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
TEXT = {"dir": "auto", "autocomplete": "off"}
GRADES = [("", "None"), *((code, grades.display(code)) for code in grades.OF_ITEMS)]
SLEEVES = [("", "None"), *((code, word) for code, word in grades.DISPLAY.items() if code != "not_graded")]
SLEEVES.insert(-1, ("not_graded", grades.display("not_graded")))
KEEP = [("", "As it is")]
SETTABLE = [choice for choice in Status.choices if choice[0] not in (Status.LISTED, Status.SOLD)]
PRICES = [("set", "Set to"), ("more", "More by"), ("less", "Less by"), ("up", "Up by %"), ("down", "Down by %")]
COLUMNS = ("status", "condition_item", "condition_container", "location")
REASONS = ("Counted", "Found", "Bought", "Damaged", "Lost", "Sold elsewhere", "Given away")


class MoneyField(forms.CharField):
    """An amount as people write it: ``12``, ``12.5``, ``12,50``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12, widget=forms.TextInput(AMOUNT), **kwargs)

    def clean(self, value: Any) -> str:
        """With a point and without blanks."""
        text = str(super().clean(value)).strip().replace(",", ".")
        if text and not re.fullmatch(r"\d{1,8}(\.\d{1,2})?", text):
            raise forms.ValidationError("Write an amount such as 34.99.")
        return text


def line(label: str, most: int, **kwargs: Any) -> forms.CharField:
    """A line of text that may be empty."""
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(TEXT), **kwargs)


class ItemForm(forms.Form):
    """The fields of an item; the quantity has a form of its own."""

    name = line("Title of its own", 500, help_text="Empty: the product and its grade.")
    condition_item = forms.ChoiceField(label="Grade", choices=GRADES, required=False)
    condition_container = forms.ChoiceField(label="Sleeve", choices=SLEEVES, required=False)
    price = MoneyField(label="Price")
    currency = forms.ChoiceField(choices=choices(*sorted(CURRENCIES)))
    price_shipping = MoneyField(label="Shipping")
    price_expected = MoneyField(label="Expected sale price", help_text="For you alone.")
    status = forms.ChoiceField(choices=Status.choices)
    sku = line("SKU", 200)
    barcode = line("Barcode", 40)
    location = line("Location", 200)
    description = forms.CharField(
        required=False, max_length=editing.LONGEST_DESCRIPTION, widget=forms.Textarea({"rows": 5, "dir": "auto"})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, item: Item) -> ItemForm:
        """Filled with what is kept."""
        shown = editing.shown(item) | {"name": item.name or "", "version": item.version}
        for name in editing.AMOUNTS:
            amount = shown[name]
            shown[name] = "" if amount is None else two_places(amount, item.currency)
        form = cls(initial=shown)
        form.offer(item.status)
        return form

    def offer(self, status: str) -> None:
        """Only statuses a person sets, and the one it has."""
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        if status == Status.LISTED:
            field.choices = [choice for choice in Status.choices if choice[0] == status]
        else:
            field.choices = [choice for choice in Status.choices if choice in SETTABLE or choice[0] == status]

    def clean(self) -> dict[str, Any]:
        """Amounts in minor units of the currency."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in editing.AMOUNTS:
            text, currency = values.get(name), values.get("currency")
            if text is None or currency is None:
                continue
            try:
                values[name] = Money.parse(text, currency).minor if text else None
            except NotMoney as error:
                self.add_error(name, f"{error}.")
        if values.get("price_shipping") is None:
            values["price_shipping"] = 0
        return values

    def changes(self) -> dict[str, Any]:
        """As the service takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name in editing.FIELDS}


class StockForm(forms.Form):
    """A person changes the stock."""

    how = forms.ChoiceField(
        label="What happened",
        choices=[("count", "Counted: there are"), ("add", "Added"), ("take", "Taken away"), ("order", "Made to order")],
    )
    pieces = forms.IntegerField(
        required=False, min_value=0, max_value=stock.LARGEST, widget=forms.TextInput(NUMBER), label="Pieces"
    )
    note = forms.CharField(
        label="Why", required=False, max_length=stock.LONGEST_NOTE, widget=forms.TextInput({**TEXT, "list": "reasons"})
    )

    def clean(self) -> dict[str, Any]:
        """How many is left out only for what is made to order."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("how") != "order" and values.get("pieces") is None and "pieces" not in self.errors:
            self.add_error("pieces", "Say how many.")
        return values


class ProductForm(forms.Form):
    """The fields of a product."""

    title = forms.CharField(max_length=500, widget=forms.TextInput(TEXT))
    artist = line("Artist", products.LONGEST_MAKER)
    label = line("Label", products.LONGEST_MAKER)
    catalog_number = line("Catalogue number", 200)
    format = line("Format", 200)
    year = forms.IntegerField(required=False, widget=forms.TextInput(NUMBER))
    barcode = line("Barcode", 40)
    type = forms.ChoiceField(choices=Kind.choices, initial=Kind.PHYSICAL)
    release = line("Release", 60, help_text="Its entry in Discogs' database, such as discogs:249504.")
    tags = line("Tags", 2000, help_text="Parted by commas.")
    description = forms.CharField(required=False, max_length=50_000, widget=forms.Textarea({"rows": 4, "dir": "auto"}))
    license_type = line("Licence", 80)
    license_notes = line("About the licence", 10_000)

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        """Filled with what is kept."""
        shown = {name: getattr(product, name) for name in products.FIELDS}
        makers = {name: maker.name if (maker := getattr(product, name)) else "" for name in ("artist", "label")}
        return cls(initial={**shown, **makers, "tags": ", ".join(product.tags)})

    def clean_tags(self) -> list[str]:
        """One by one."""
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def changes(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class WhatForm(ProductForm):
    """What a thing is that is added: the most important first, the rest can wait."""

    type = None  # type: ignore[assignment]  # left out
    tags = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]
    license_type = None  # type: ignore[assignment]
    license_notes = None  # type: ignore[assignment]
    release = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    image = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def clean_tags(self) -> list[str]:
        """None yet."""
        return []


class AddForm(ItemForm):
    """How the thing is that is added."""

    name = None  # type: ignore[assignment]  # left out
    price_shipping = None  # type: ignore[assignment]
    price_expected = None  # type: ignore[assignment]
    status = None  # type: ignore[assignment]
    version = None  # type: ignore[assignment]
    quantity = forms.IntegerField(
        initial=1, min_value=0, max_value=stock.LARGEST, widget=forms.TextInput(NUMBER), label="Pieces"
    )
    condition_item = forms.ChoiceField(label="Grade", choices=GRADES, required=False, widget=forms.RadioSelect)
    condition_container = forms.ChoiceField(label="Sleeve", choices=SLEEVES, required=False, widget=forms.RadioSelect)

    def values(self) -> dict[str, Any]:
        """As the service takes it."""
        return {**self.changes(), "quantity": self.cleaned_data["quantity"]}


class BulkForm(forms.Form):
    """One change of many items; what is left empty stays as it is."""

    how = forms.ChoiceField(
        label="Price",
        required=False,
        choices=[
            *KEEP,
            ("set", "Set to"),
            ("more", "More by"),
            ("less", "Less by"),
            ("up", "Up by %"),
            ("down", "Down by %"),
        ],
    )
    by = MoneyField(label="How much")
    status = forms.ChoiceField(choices=[*KEEP, *SETTABLE], required=False)
    condition_item = forms.ChoiceField(label="Grade", choices=[*KEEP, *GRADES[1:]], required=False)
    condition_container = forms.ChoiceField(label="Sleeve", choices=[*KEEP, *SLEEVES[1:]], required=False)
    location = line("Location", 200)
    without_location = forms.BooleanField(label="Take the location away", required=False)
    add_tags = line("Add tags", 500, help_text="To the products; parted by commas.")
    remove_tags = line("Take tags away", 500)

    def clean(self) -> dict[str, Any]:
        """Something must change, and an amount belongs to a price."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(values.get("how")) != bool(values.get("by")) and "by" not in self.errors:
            self.add_error("by", "Say how much." if values.get("how") else "Say what to do with it: set, more, less.")
        if not self.errors and not any(values.values()):
            raise forms.ValidationError("Nothing would change: fill in at least one field.")
        return values

    def wanted(self) -> Wanted:
        """As the service takes it."""
        values = self.cleaned_data
        fields = {
            name: values[name]
            for name in ("status", "condition_item", "condition_container", "location")
            if values[name]
        }
        if values["without_location"]:
            fields["location"] = ""
        amounts = {"price": self._rule()} if values["how"] else {}
        return Wanted(amounts, fields, _tags(values["add_tags"]), _tags(values["remove_tags"]))

    def _rule(self) -> Rule:
        by = Decimal(self.cleaned_data["by"])
        how = self.cleaned_data["how"]
        rules = {
            "set": Rule("set", by),
            "more": Rule("amount", by),
            "less": Rule("amount", -by),
            "up": Rule("percent", by),
            "down": Rule("percent", -by),
        }
        return rules[how]


def _tags(text: str) -> list[str]:
    return [tag.strip() for tag in text.split(",") if tag.strip()]
