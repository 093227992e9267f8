"""Tests of TeePublic's mapping."""
