"""Forgetting customers, telling what is held about them, and the log that proves both."""
