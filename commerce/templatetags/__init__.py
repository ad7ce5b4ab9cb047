"""Template tags of the commerce pages."""
