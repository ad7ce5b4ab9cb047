"""Engagement, 0 to 100: how lately, how often, how deeply and how widely customers take part."""
