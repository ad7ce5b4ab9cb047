"""Lifecycle: in which stage of their life with the store each customer is, exactly one."""
