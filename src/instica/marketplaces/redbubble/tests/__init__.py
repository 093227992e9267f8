"""Tests of Redbubble's mapping."""
