"""What a Shopify segment query says, and how much of it our rules can say."""
