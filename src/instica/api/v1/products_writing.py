"""Products: made, changed, deleted (I4.7)."""

from __future__ import annotations

from django.http import HttpResponse

from instica.api.endpoint import Call, operation
from instica.api.preconditions import IF_MATCH, tagged, unless_stale
from instica.api.v1 import products as reading
from instica.api.v1 import products_fields as fields
from instica.api.v1.products import ProductShape, shapes
from instica.api.v1.products_fields import ProductChange, ProductNew
from instica.catalog import queries
from instica.catalog.models import Product
from instica.core.errors import Invalid
from instica.inventory import products
from instica.inventory.locks import ProductCheck


class Products(reading.Products):
    """All products, and new ones."""

    @operation("products_create", "Make a product", scope="products", status=201, answer=ProductShape, body=ProductNew)
    def post(self, call: Call) -> object:
        """Without items; those are made at `inventory/`."""
        values = fields.values(call.read(ProductNew), call.organization)
        try:
            product = products.create(organization=call.organization, values=values)
        except Invalid as problem:
            raise fields.renamed(problem, fields.POINTERS) from problem
        return tagged(shapes([product])[0], 201)


class OneProduct(reading.OneProduct):
    """One product, and changes to it."""

    @operation(
        "products_update",
        "Change a product",
        scope="products",
        answer=ProductShape,
        body=ProductChange,
        headers=[IF_MATCH],
        refuses=(409, 412),
    )
    def patch(self, call: Call, uid: str) -> object:
        """Only what is sent changes; the titles of its items follow."""
        product = queries.get(call.organization, uid)
        changes = fields.values(call.read(ProductChange), call.organization)
        try:
            row = products.edit(product=product, changes=changes, check=same(call))
        except Invalid as problem:
            raise fields.renamed(problem, fields.POINTERS) from problem
        return tagged(shapes([row])[0])

    @operation(
        "products_delete",
        "Delete a product",
        scope="products",
        status=204,
        answer=None,
        headers=[IF_MATCH],
        refuses=(409, 412),
    )
    def delete(self, call: Call, uid: str) -> HttpResponse | None:
        """One that has no items; refused (409) while it has some."""
        products.remove(product=queries.get(call.organization, uid), check=same(call))
        return None


def same(call: Call) -> ProductCheck:
    """The caller's condition on the product."""

    def check(row: Product) -> None:
        unless_stale(call.request, shapes([row])[0])

    return check
