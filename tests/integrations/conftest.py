"""Importing a few lines of text as a file, for the tests of this floor."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from integrations.csv import importing, services
from integrations.csv.fields import Kind
from integrations.models import ImportFile
from tenants.progress import Silence

TODAY = date(2026, 6, 30)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: text in UTF-8, or bytes as they are."""

    def written(content: str | bytes, *, name: str = "orders.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def load(tenant, write) -> Callable[..., ImportFile]:
    """Import a file's content into acme and return the import; further words change the mapping."""

    def loaded(
        content: str | bytes, *, kind: str = Kind.ORDERS, name: str = "orders.csv", **changes: Any
    ) -> ImportFile:
        file = services.register(write(content, name=name), kind=kind, changes=changes)
        services.declare_attributes(file)
        importing.run_import(file, today=TODAY, progress=Silence())
        return file

    return loaded
