"""Scoring models: each writes one row a customer, whole or not at all."""
