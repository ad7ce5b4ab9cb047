"""Imports by command."""
