"""Klaviyo: lists kept in step with segments, scores as properties, events in and out."""
