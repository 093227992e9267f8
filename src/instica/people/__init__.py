"""Users, organizations, roles, invitations, API tokens and scopes, plans, preferences."""
