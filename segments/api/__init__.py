"""Segments for other programs: /api/v1/segments/ and what is asked of one customer."""
