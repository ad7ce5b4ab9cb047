"""What stores tell by webhook: accepted at once, kept once, worked off later, in any order."""
