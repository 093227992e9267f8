"""Items, their images and the stock ledger."""
