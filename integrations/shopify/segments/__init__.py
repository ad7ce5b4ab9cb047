"""Segments made in Shopify: listed, their members mirrored, never changed from here."""
