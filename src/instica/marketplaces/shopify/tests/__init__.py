"""Tests of the Shopify folder."""
