"""Buyers, sellers, faults and kills in random order; at rest everything must be right."""
