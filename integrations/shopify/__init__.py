"""Shopify: connect a store, mirror it, read its segments, obey its privacy rules."""
