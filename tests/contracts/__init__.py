"""Requests and answers against contracts that are not ours; they lie beside the repository, not in it."""
