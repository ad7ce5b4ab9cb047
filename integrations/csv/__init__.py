"""Files of orders, customers and events: read, understood, mapped, imported."""
