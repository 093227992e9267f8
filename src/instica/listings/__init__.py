"""Listings, offers and refs: what stands in which shop."""
