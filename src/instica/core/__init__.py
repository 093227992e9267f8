"""Plain Python that every layer may use: ids, money, clock, text, errors, verdicts."""
