"""What was sold, line by line, settled against the ledger."""
