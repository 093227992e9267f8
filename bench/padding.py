"""Fills a house on PostgreSQL with as many items, pages, moves and orders as wanted, copied from rows that are real.

Row ``n`` of each table has an uid made of the table and ``n``, so that rows know each other without being read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BATCH = 100_000
MOMENT = "timestamptz '2026-01-01' + n * interval '1 second'"


def uid(table: int, number: str = "n") -> str:
    """The uid of a row, as SQL."""
    return f"lpad('{table:02d}' || lpad(to_hex({number}), 20, '0'), 32, 'b')::uuid"


def columns(shops: list[Any]) -> dict[str, Mapping[str, str]]:
    """What is not copied, by table, as SQL over ``n``; parents before children."""
    shop = "(ARRAY[" + ",".join(f"'{each.pk}'" for each in shops) + f"]::uuid[])[1 + mod(n, {len(shops)})]"
    title, product = "'Record ' || lpad(n::text, 7, '0')", uid(1, "(n - mod(n, 3))")
    here, item = {"created": MOMENT, "updated": MOMENT}, {"item_id": uid(3)}
    status = "(ARRAY['ready-to-sell','listed','sold'])[1 + mod(n, 3)]"
    return {
        "catalog_product": {"uid": uid(1), "title": title, "search": f"lower({title})", **here},
        "inventory_item": {
            "uid": uid(3),
            "product_id": product,
            "title": title,
            "sku": "'PAD-' || n",
            "search": f"lower({title} || E'\\npad-' || n)",
            "price": "mod(n::bigint * 7919, 100000)",
            "status": status,
            "quantity": "CASE WHEN mod(n, 3) = 2 THEN 0 ELSE 1 END",
            **here,
        },
        "inventory_move": {"uid": uid(4), **item, "delta": "1", "reference": "'pad/' || n", "at": MOMENT},
        "listings_listing": {
            "uid": uid(5),
            "connection_id": shop,
            "remote_id": "'P' || n",
            "title": title,
            "content": "'{}'::jsonb",
            "exposed_since": "NULL",
            "seen_at": "now()",
            **here,
        },
        "listings_offer": {"uid": uid(6), "listing_id": uid(5), **item, "remote_id": "''", "sku": "'PAD-' || n"},
        "listings_ref": {"uid": uid(7), "connection_id": shop, "value": "'P' || n", "listing_id": uid(5)},
        "orders_order": {
            "uid": uid(8),
            "connection_id": shop,
            "remote_id": "'O' || n",
            "search": f"lower('o' || n || ' ' || {title})",
            "sold_at": MOMENT,
            "changed_there": MOMENT,
            "total": "mod(n::bigint * 7919, 100000)",
            **here,
        },
        "orders_line": {
            "uid": uid(9),
            "order_id": uid(8),
            "connection_id": shop,
            "remote_id": "'L' || n",
            "listing_ref": "'P' || n",
            "offer_id": uid(6),
            **item,
        },
    }


def pad(shops: list[Any], first: int, last: int) -> None:
    """Add rows ``first`` to ``last`` - 1 of every table, counts kept, statistics fresh."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here fits together
        for table, own in columns(shops).items():
            every = 3 if table == "catalog_product" else 1
            for start in range(first, last, BATCH):
                cursor.execute(*insert(cursor, table, own, start, min(start + BATCH, last), every))
        cursor.execute("SET session_replication_role = DEFAULT")
        recount(cursor, shops[0].organization_id)
        cursor.execute("VACUUM ANALYZE")


def insert(cursor: Any, table: str, own: Mapping[str, str], first: int, last: int, every: int) -> tuple[str, list[int]]:
    """The statement that copies the table's first real row so often."""
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(own.get(name, f't."{name}"') for name in names)
    like = "settled = 'moved'" if table == "orders_line" else "kind = 'listing'" if table == "listings_ref" else "true"
    quoted = ", ".join(f'"{name}"' for name in names)
    start = first + (every - first % every) % every
    like_row = f'(SELECT * FROM "{table}" WHERE {like} LIMIT 1) t'  # nothing here is a stranger's
    sql = f'INSERT INTO "{table}" ({quoted}) SELECT {values} FROM {like_row}, generate_series(%s, %s - 1, %s) n'
    return sql, [start, last, every]


def recount(cursor: Any, organization: object) -> None:
    """Make the kept counts follow from the rows."""
    cursor.execute("UPDATE inventory_tally SET items = (SELECT count(*) FROM inventory_item WHERE hidden_at IS NULL)")
    cursor.execute("UPDATE inventory_tally SET products = (SELECT count(*) FROM catalog_product)")
    cursor.execute("DELETE FROM orders_tally")
    cursor.execute(
        "INSERT INTO orders_tally (organization_id, connection_id, state, status, orders)"
        " SELECT organization_id, connection_id, state, status, count(*) FROM orders_order"
        " WHERE organization_id = %s GROUP BY 1, 2, 3, 4",
        [organization],
    )
