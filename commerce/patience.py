"""A limit on how long a page waits for the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from tenants.schema import connection


class TooSlowError(Exception):
    """The question needs more time than a page gives it; nothing was read or written."""


@contextmanager
def patience(milliseconds: int) -> Iterator[None]:
    """Let each statement run for `milliseconds`; raise TooSlowError when one needs more."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            # Inside a larger transaction the limit would outlive this block.
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlowError from error
        raise
