"""What every API is made of: keys, scopes, rates, problem answers, cursor pages, the base view."""
