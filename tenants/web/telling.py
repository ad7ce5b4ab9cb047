"""What the API's description says of each address: each floor tells its own, `api/described.py`.

`tell(SegmentList, "GET", response=page(SegmentShape), parameters=[query("kind", "…")])`. The
summary is the method's own docstring; scopes, errors and headers are added for all alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from tenants.web.pages import DEFAULT, MOST
from tenants.web.views import ApiView

Shape = Any  # a serializer class, or a dictionary of OpenAPI


@dataclass(frozen=True)
class Told:
    """One method of one address."""

    responses: Mapping[int, Shape]
    request: Shape = None
    parameters: Sequence[OpenApiParameter] = ()
    example: Any = None  # of the request's body
    errors: Sequence[int] = field(default=())  # beside those that every method has


TOLD: dict[tuple[type[ApiView], str], Told] = {}


def tell(
    view: type[ApiView],
    method: str,
    response: Shape = None,
    *,
    status: int = 200,
    more: Mapping[int, Shape] | None = None,
    request: Shape = None,
    parameters: Sequence[OpenApiParameter] = (),
    example: Any = None,
    errors: Sequence[int] = (),
) -> None:
    """Describe a method; raise ValueError when it was described already."""
    if (view, method) in TOLD:
        raise ValueError(f"{method} of {view.__name__} is described twice")
    responses = {status: response, **(more or {})}
    TOLD[view, method] = Told(responses, request, parameters, example, errors)


def query(name: str, words: str, *, type_: Any = str, enum: Sequence[str] = ()) -> OpenApiParameter:
    """Return a parameter of the query string."""
    return OpenApiParameter(name, type_, "query", description=words, enum=list(enum) or None)


PAGING = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT},
        "query",
        description="how many rows",
    ),
    query("cursor", "where the page begins: `next_cursor` of the one before"),
)


def page(shape: type[serializers.Serializer[Any]], **more: Any) -> Any:
    """Return the shape of a page of `shape`, with what stands beside the rows."""
    name = shape.__name__.removesuffix("Shape") + "Page"
    return inline_serializer(
        name,
        {
            "results": shape(many=True),
            "next": serializers.URLField(allow_null=True, required=not more),
            "next_cursor": serializers.CharField(allow_null=True, required=not more),
            **more,
        },
    )


def shape(name: str, **fields: Any) -> Any:
    """Return a shape that stands nowhere else."""
    return inline_serializer(name, fields)


OBJECT = OpenApiTypes.OBJECT
