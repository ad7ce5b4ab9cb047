"""Klaviyo's lists by the API."""
