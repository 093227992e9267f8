"""Tests of the kit: the one HTTP client and what it is made of."""
