"""Workers killed at random: nothing lost, nothing twice, nothing at once."""
