"""Tests of the eBay folder."""
