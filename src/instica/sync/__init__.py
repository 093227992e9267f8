"""Events, cursors and polls: keeping in step with the shops."""
