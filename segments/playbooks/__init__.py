"""What to do with whom: the shipped playbooks as data, the merchant's own above them."""
