"""Tests of the Discogs folder."""
