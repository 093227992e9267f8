"""What we tell others: the bell and e-mail."""
