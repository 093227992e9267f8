"""A product's page: what it is, changing that, and its items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.catalog import queries
from instica.catalog.models import Product
from instica.inventory import products
from instica.inventory.models import Item
from instica.people.models import Organization
from instica.web.account import tried
from instica.web.door import act, form, page
from instica.web.inventory_forms import ProductForm

MOST_ITEMS = 200


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Everything about a product."""
    return shown(request, queries.get(organization, uid))


def shown(request: HttpRequest, product: Product, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; a form that was refused takes the place of the usual."""
    items = Item.objects.filter(product=product).select_related("product__artist").order_by("-created", "uid")
    context = {
        "product": product,
        "items": items[:MOST_ITEMS],
        "form": ProductForm.of(product),
        **more,
    }
    return render(request, "web/product.html", context, status=status)


@form
def save(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Change it; the titles of its items follow."""
    product = queries.get(organization, uid)
    if request.method != "POST":
        return redirect("web:product", uid)
    filled = ProductForm(request.POST)
    if filled.is_valid() and tried(filled, lambda: products.edit(product=product, changes=filled.changes())):
        messages.success(request, "Saved.")
        return redirect("web:product", uid)
    return shown(request, product, 400, form=filled)


@act
def remove(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Delete it, once it has no items."""
    product = queries.get(organization, uid)
    products.remove(product=product)
    messages.success(request, f"{product.title[:80]} was deleted.")
    return reverse("web:inventory")
