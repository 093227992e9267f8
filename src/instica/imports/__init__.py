"""Import jobs: read a shop, show what was found, apply what was decided, undo."""
