"""A tiny app whose tasks leave traces that tell what really happened."""
