"""A random UUID as the database makes it."""

from django.db.models import Func, UUIDField


class RandomUuid(Func):
    """`gen_random_uuid()`, built into PostgreSQL since 13: set-based writers need no list."""

    function = "gen_random_uuid"
    output_field = UUIDField()
    arity = 0
