"""A merchant's own doors: team, invitations, rejected rows. Its tables stand in every merchant's schema and nowhere else."""
