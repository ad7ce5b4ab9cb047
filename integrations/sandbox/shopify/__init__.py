"""A Shopify of our own: its Admin GraphQL API over an invented store."""
