"""PQL, 0 to 100: who of the product's users is ready to buy, and how urgently."""
