"""Servers on this machine that behave as the platforms do: for tests and the demo."""
