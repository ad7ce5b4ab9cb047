"""The questions: rules, scores, membership and what follows from them."""
