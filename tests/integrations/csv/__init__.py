"""Tests of the CSV import."""
