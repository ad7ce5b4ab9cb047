"""The weekly letter of what moved and why."""
