"""Promo codes: who may use them, that they were used, and how they are kept."""
