"""Measurements with the commands that repeat them; never run as tests."""
