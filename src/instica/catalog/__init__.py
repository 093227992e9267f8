"""Products: what things are."""
