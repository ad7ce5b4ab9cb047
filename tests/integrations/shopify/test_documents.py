"""Every question we ask, against the sandbox's schema and, where it is there, the real one."""

import gzip
import json
from pathlib import Path

import pytest
from graphql import build_client_schema, build_schema, parse, validate

from integrations.sandbox import shopify as sandbox
from integrations.shopify.documents import document, inner_query, names

REAL = Path(__file__).resolve().parents[3] / ".." / "shared" / "contracts" / "shopify"


@pytest.fixture(scope="module")
def real():
    path = REAL / "admin_2026-10.introspection.json.gz"
    if not path.exists():
        pytest.skip("the platform's own schema is not here")
    told = json.loads(gzip.decompress(path.read_bytes()))
    return build_client_schema(told.get("data", told), assume_valid=True)


@pytest.fixture(scope="module")
def ours():
    path = Path(sandbox.__file__).parent / "schema.graphql"
    return build_schema(path.read_text(), assume_valid=True)


@pytest.mark.parametrize("name", names())
def test_each_document_is_one_that_shopify_understands(real, name):
    assert validate(real, parse(document(name))) == []


@pytest.mark.parametrize("name", names())
def test_each_document_is_one_that_the_sandbox_understands(ours, name):
    assert validate(ours, parse(document(name))) == []


def test_no_document_asks_for_street_addresses_or_notes():
    asked = " ".join(document(name) for name in names())

    for field in ("address1", "address2", "formatted", "note ", "customAttributes", "billing"):
        assert field not in asked


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("bulk_")])
def test_an_inner_query_carries_no_comment(name):
    assert "#" not in inner_query(name)
