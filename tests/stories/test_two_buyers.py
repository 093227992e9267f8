"""One piece, two buyers: in the same second, while it is being put up, a thousand at once."""

from __future__ import annotations

from django.core import mail

from instica.inventory.models import Move
from instica.listings.models import Attempt
from instica.notices.models import Notice
from instica.orders.models import Line
from instica.sync.models import Event
from tests.features.listing import pages
from tests.features.selling import stock
from tests.stories.street import SLUGS, Street


def test_sold_on_two_shops_in_the_same_second(street: Street) -> None:
    """Shopify tells us at once, Discogs when it is asked: its buyer is told of as sold twice, and can be cancelled."""
    street.open(*SLUGS)
    item = street.item()
    street.put_up(item, *SLUGS)
    assert street.on_sale() == dict.fromkeys(SLUGS, 1)
    before = Event.objects.filter(connection=street.at["shopify"]).count()
    second = street.buy("discogs")
    first = street.buy("shopify")
    street.delivered()
    assert Event.objects.filter(connection=street.at["shopify"]).count() > before
    street.work()
    street.poll("discogs")
    street.work()
    assert street.on_sale() == {}
    taken = {line.order.remote_id: (line.quantity, line.allocated, line.settled) for line in Line.objects.all()}
    assert taken == {first: (1, 1, "moved"), second: (1, 0, "moved")}
    assert stock(item) == (0, 0, "sold")
