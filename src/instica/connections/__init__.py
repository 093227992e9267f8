"""Shops: connect, refresh, test, pause, forget."""
