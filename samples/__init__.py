"""Which orders were samples, for which creator, in what state."""
