"""The door for marketplaces' webhooks."""
