"""Etsy's own tests."""
