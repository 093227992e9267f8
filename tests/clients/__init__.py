"""Clients that are not ours, against our simulators, with nothing changed but the host."""
