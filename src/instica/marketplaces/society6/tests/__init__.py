"""Tests of Society6's mapping."""
