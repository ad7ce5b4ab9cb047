"""A merchant's own doors: team, roles, invitations. Its tables stand in merchants' schemas only."""
