"""Keyed hashes of the erased: whoever comes back in a file or a sync is recognised and left out.

The key is the merchant's own, random, and stands encrypted: a stolen table of prints cannot be
tried out with a list of addresses.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from commerce.erasure.parts import People
from commerce.models import Customer, ErasedPrint, PrintKey
from commerce.text import fold
from tenants.schema import connection

PAGE = 10_000


def email_print(email: str) -> str:
    """Return the print of an e-mail address, however it is written."""
    return _digest(_key(), "email", fold(email))


def id_print(source: str, external_id: str) -> str:
    """Return the print of an id in a source."""
    return _digest(_key(), f"id:{source}", external_id)


def keep(people: People, *, at: datetime) -> int:
    """Write the prints of people about to be erased; return how many.

    An address that somebody else who stays has too is theirs as well: it turns nobody away.
    """
    return write(people.ids, people.emails, at=at, besides=people.customers)


def write(
    ids: Iterable[tuple[str, str]],
    emails: Iterable[str],
    *,
    at: datetime,
    besides: Iterable[int] = (),
) -> int:
    """Write prints of ids (source, id there) and folded addresses; return how many there are.

    `besides`: the customers they are of, if any. An address that somebody else has is left out.
    """
    key, asked = _key(), set(emails)
    others = Customer.objects.filter(email_key__in=asked, erased_at=None, merged_into=None)
    shared = set(others.exclude(pk__in=list(besides)).values_list("email_key", flat=True))
    digests = {_digest(key, "email", email) for email in asked - shared}
    digests |= {_digest(key, f"id:{source}", known) for source, known in ids}
    rows = [ErasedPrint(digest=digest, made_at=at) for digest in sorted(digests)]
    ErasedPrint.objects.bulk_create(rows, ignore_conflicts=True, batch_size=PAGE)
    return len(rows)


def let_in(email: str) -> bool:
    """Take the print of an address away, for somebody who came back; say whether there was one."""
    deleted, _ = ErasedPrint.objects.filter(digest=email_print(email)).delete()
    return bool(deleted)


def erased_ids(source: str, ids: Iterable[str]) -> set[str]:
    """Return those of a source's ids whose owners were erased."""
    if not ErasedPrint.objects.exists():
        return set()
    return set(_erased([(known, None) for known in ids], source=source))


def turn_away(cursor: Any, *, source: str) -> int:
    """Take the erased out of the staged batch; return how many people that are.

    Ingest calls it when it has found whom it knows. Their orders stay, as a guest's without an
    address; what else they did is not taken.
    """
    if not ErasedPrint.objects.exists():
        return 0
    cursor.execute("SELECT ref, email_key FROM pg_temp.stage_person WHERE customer_id IS NULL")
    refs = list(_erased(cursor.fetchall(), source=source))
    if not refs:
        return 0
    cursor.execute("DELETE FROM pg_temp.stage_person WHERE ref = ANY(%s)", [refs])
    cursor.execute(
        "UPDATE pg_temp.stage_order SET person = NULL, email_key = NULL WHERE person = ANY(%s)",
        [refs],
    )
    cursor.execute("UPDATE pg_temp.stage_refund SET person = NULL WHERE person = ANY(%s)", [refs])
    cursor.execute("DELETE FROM pg_temp.stage_event WHERE person = ANY(%s)", [refs])
    return len(refs)


def _erased(people: Sequence[tuple[str, str | None]], *, source: str) -> Iterator[str]:
    key = _key()
    for start in range(0, len(people), PAGE):
        digests: dict[str, str] = {}
        for ref, email in people[start : start + PAGE]:
            digests[_digest(key, f"id:{source}", ref)] = ref
            if email:
                digests[_digest(key, "email", email)] = ref
        known = ErasedPrint.objects.filter(digest__in=list(digests))
        yield from {digests[digest] for digest in known.values_list("digest", flat=True)}


def _digest(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()


def _key() -> bytes:
    found = PrintKey.objects.first()
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE commerce_printkey IN EXCLUSIVE MODE")
        found = PrintKey.objects.first() or PrintKey.objects.create(secret=secrets.token_hex(32))
    return bytes.fromhex(found.secret)
