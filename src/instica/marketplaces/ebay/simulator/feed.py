"""The Feed API's report of everything on sale: asked for, polled, downloaded as zipped XML."""

from __future__ import annotations

import io
import zipfile

from instica.core import clock
from instica.kit.simulation import Response, Routes
from instica.marketplaces.ebay.simulator.rest import Body, Call, answer, demand, error
from instica.marketplaces.ebay.simulator.trading.wire import Amount, Tree, write
from instica.marketplaces.ebay.simulator.words import FIXED

ROUTES = Routes()
REPORT = "LMS_ACTIVE_INVENTORY_REPORT"


@ROUTES("POST", "/inventory_task")
def ask(call: Call) -> Response:
    """Have the report made."""
    demand(call.token, "sell.inventory")
    if call.body().get("feedType") != REPORT:
        raise error(400, 160009, "API_FEED", "The feedType is invalid.")
    call.site.issued += 1
    number = f"task-{call.site.issued:06d}-0000000000"
    created = clock.iso(call.site.clock.now())
    task: Body = {"taskId": number, "status": "COMPLETED", "feedType": REPORT, "creationDate": created}
    call.site.tasks[number] = {**task, "completionDate": created, "schemaVersion": "1.0"}
    return answer(202, None, ("Location", call.url(f"/inventory_task/{number}")))


@ROUTES("GET", "/inventory_task/{task_id}")
def look(call: Call, task_id: str) -> Response:
    """How it stands."""
    demand(call.token, "sell.inventory")
    return answer(200, _task(call, task_id))


@ROUTES("GET", "/task/{task_id}/download_result_file")
def download(call: Call, task_id: str) -> Response:
    """The report."""
    demand(call.token, "sell.inventory")
    _task(call, task_id)
    rows: Tree = [
        (
            "SKUDetails",
            [
                ("SKU", each.sku or None),
                ("Price", Amount(each.cents or 0, each.currency)),
                ("Quantity", each.left),
                ("ItemID", each.id),
            ],
        )
        for each in map(call.site.shelf.at, call.site.shelf.active())
        if each.kind == FIXED
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{task_id}.xml", write("ActiveInventoryReport", rows))
    name = f'attachment; filename="{task_id}.zip"'
    return Response(
        200, packed.getvalue(), [("Content-Type", "application/octet-stream"), ("Content-Disposition", name)]
    )


def _task(call: Call, task_id: str) -> Body:
    if task_id not in call.site.tasks:
        raise error(404, 160004, "API_FEED", "The task was not found.")
    return call.site.tasks[task_id]
