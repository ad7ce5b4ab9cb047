"""Samples for other programs: /api/v1/samples/."""
