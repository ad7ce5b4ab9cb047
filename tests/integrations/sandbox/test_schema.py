"""Our description of Shopify's API beside the real one, wherever that is at hand."""

import gzip
import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLSchema,
    build_client_schema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_required_input_field,
    is_specified_scalar_type,
    parse,
    validate,
)
from graphql.type import is_required_argument

from integrations.shopify.documents import document, names

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = ROOT / ".." / "shared" / "contracts" / "shopify"
OURS = build_schema((ROOT / "integrations" / "sandbox" / "shopify" / "schema.graphql").read_text())


@pytest.fixture(scope="module")
def real() -> GraphQLSchema:
    path = CONTRACT / "admin_2026-10.introspection.json.gz"
    if not path.exists():
        pytest.skip("the real schema is not at hand")
    told = json.loads(gzip.decompress(path.read_bytes()))
    return build_client_schema(told.get("data", told), assume_valid=True)


def compared(ours, theirs, *, name: str) -> list[str]:
    """What `ours` claims that `theirs` does not bear out."""
    if type(ours) is not type(theirs):
        return [f"{name} is another kind of type"]
    if is_enum_type(ours):
        return [f"{name}.{value}" for value in set(ours.values) - set(theirs.values)]
    faults = []
    if is_object_type(ours) or is_interface_type(ours):
        told = {interface.name for interface in theirs.interfaces}
        faults += [f"{name} implements {i.name}" for i in ours.interfaces if i.name not in told]
        for key, field in ours.fields.items():
            faults += compared_field(field, theirs.fields.get(key), name=f"{name}.{key}")
    if is_input_object_type(ours):
        for key, field in ours.fields.items():
            other = theirs.fields.get(key)
            if other is None or str(other.type) != str(field.type):
                faults.append(f"{name}.{key}: {field.type}")
        faults += [
            f"{name} lacks {key}"
            for key, field in theirs.fields.items()
            if is_required_input_field(field) and key not in ours.fields
        ]
    return faults


def compared_field(ours, theirs, *, name: str) -> list[str]:
    if theirs is None:
        return [name]
    faults = [] if str(ours.type) == str(theirs.type) else [f"{name}: {ours.type}"]
    for key, argument in ours.args.items():
        other = theirs.args.get(key)
        if other is None or str(other.type) != str(argument.type):
            faults.append(f"{name}({key}: {argument.type})")
        elif argument.default_value != other.default_value:
            faults.append(f"{name}({key} = {argument.default_value})")
    return faults + [
        f"{name} lacks {key}"
        for key, argument in theirs.args.items()
        if is_required_argument(argument) and key not in ours.args
    ]


def test_everything_we_describe_is_in_the_real_schema(real):
    faults = []
    for name, ours in OURS.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(ours):
            continue
        theirs = real.type_map.get(name)
        faults += compared(ours, theirs, name=name) if theirs else [name]

    assert faults == []
    assert OURS.query_type.name == real.query_type.name


@pytest.mark.parametrize("name", names())
def test_our_documents_are_valid_here(name):
    assert validate(OURS, parse(document(name))) == []


@pytest.mark.parametrize("name", names())
def test_our_documents_are_valid_on_the_real_schema(name, real):
    assert validate(real, parse(document(name))) == []
