"""Trading, eBay's XML API: the door to listings the Inventory API cannot see.

eBay means to replace it. Everything outside of this folder speaks to ``door.Door`` alone.
"""

from __future__ import annotations

from instica.marketplaces.ebay.trading.calls import TradingDoor
from instica.marketplaces.ebay.trading.door import Door, Item, Items

__all__ = ["Door", "Item", "Items", "TradingDoor"]
