"""The rule language: questions about one customer, and their meaning as Django expressions.

It knows no data. What may be asked is a Catalogue (fields.py); what a question needs from the store
(cut-offs, members of other segments) is a Scope (scope.py).
"""
