"""The facts: customers, orders, lines, events, consents and the numbers rolled up from them."""
