"""One customer's data as one file: JSON in a ZIP, kept for a week in the merchant's own folder."""

import json
import uuid
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from commerce.erasure import facts
from commerce.erasure.parts import PARTS, people
from commerce.models import PrivacyRequest
from tenants.provisioning import files_of
from tenants.schema import connection

KEPT = timedelta(days=7)
README = """This is everything {merchant} holds about one customer, as of {at}.

customer.json is one object. Each part is named after where it is kept; rows keep the names of their
columns. Amounts of money are written as text, so that nothing is rounded; moments are in UTC.
"""


def folder() -> Path:
    """Return where such files lie, made if needed."""
    found = files_of(connection.tenant) / "privacy"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def told(customer: int) -> dict[str, Any]:
    """Return everything all floors hold about a customer and whom they were merged with."""
    whose = people([customer])
    found = {"facts": facts.tell(whose)} | {part.key: part.tell(whose) for part in PARTS}
    return {key: value for key, value in found.items() if value}


def write(request: PrivacyRequest, *, at: datetime) -> None:
    """Write the file of an export; the row is saved by the caller."""
    data = told(request.customer or 0)
    merchant = connection.tenant.name
    body = {"merchant": merchant, "as_of": at, "customer": request.customer, **data}
    name = f"{uuid.uuid4().hex}.zip"
    path = folder() / name
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", README.format(merchant=merchant, at=f"{at:%Y-%m-%d %H:%M} UTC"))
        text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        file.writestr("customer.json", text)
    path.chmod(0o600)
    request.file, request.size, request.expires_at = name, path.stat().st_size, at + KEPT
    request.counts = {key: _count(value) for key, value in data.items()}


def path_of(request: PrivacyRequest, *, at: datetime) -> Path | None:
    """Return the file of an export, None when it is gone or its time is over."""
    if not request.file or request.expires_at is None or request.expires_at <= at:
        return None
    path = folder() / Path(request.file).name
    return path if path.exists() else None


def withdraw(requests: Iterable[PrivacyRequest]) -> int:
    """Delete files: at once the row's name of them, after the commit the files."""
    names = []
    for request in requests:
        names.append(folder() / Path(request.file).name)
        PrivacyRequest.objects.filter(pk=request.pk).update(file="", expires_at=None)
    transaction.on_commit(lambda: _delete(names), robust=True)
    return len(names)


def _delete(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def withdraw_expired(*, at: datetime) -> int:
    """Delete the files whose time is over, and what an interrupted run left; return how many."""
    known = set(PrivacyRequest.objects.exclude(file="").values_list("file", flat=True))
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < (at - KEPT).timestamp():
            path.unlink(missing_ok=True)
    over = PrivacyRequest.objects.filter(expires_at__lte=at).exclude(file="")
    return withdraw(over)


def withdraw_of(customers: Iterable[int]) -> int:
    """Delete the files that name these customers; return how many."""
    theirs = PrivacyRequest.objects.filter(customer__in=customers).exclude(file="")
    return withdraw(theirs)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_count(inner) for inner in value.values() if isinstance(inner, dict | list))
    return len(value)
