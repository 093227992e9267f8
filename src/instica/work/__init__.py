"""Durable tasks: rows are the queue, lanes keep order, limits keep the pace, engines only turn the crank."""
