"""`/api/docs/`: the API's description as a page, for people who are signed in to the admin."""

from dataclasses import dataclass
from json import dumps
from typing import Any

from django.contrib import admin

from config.openapi import schema
from tenants.pages import Page, PageView

DEEPEST = 3  # levels of a body that are written out
METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True)
class Field:
    """One value of a body or an answer: where it stands, what it is."""

    path: str
    kind: str
    words: str
    is_required: bool


class ApiDocsPage(PageView):
    template_name = "config/api_docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for path, methods in schema()["paths"].items():
            for method in METHODS:
                if method in methods:
                    told = methods[method]
                    groups.setdefault(told["tags"][0].replace("-", " "), []).append(
                        _operation(path, method, told)
                    )
        return super().get_context_data(
            groups=sorted(groups.items()),
            root=self.request.build_absolute_uri("/api/v1/"),
            **kwargs,
        )


def _operation(path: str, method: str, told: dict[str, Any]) -> dict[str, Any]:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = body.get("example")
    return {
        "anchor": told["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": _plain(told.get("summary", "")),
        "description": _plain(told.get("description", "").split("\n\nScopes:")[0]),
        "scopes": told.get("x-scopes", []),
        "parameters": [_parameter(one) for one in told.get("parameters", [])],
        "body": _fields(body.get("schema", {})),
        "example": dumps(example, indent=2, ensure_ascii=False) if example is not None else "",
        "responses": [_response(code, one) for code, one in sorted(told["responses"].items())],
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    kind = one.get("schema", {})
    return {
        "name": one["name"],
        "where": one["in"],
        "kind": _kind(kind),
        "words": _plain(one.get("description", "")),
        "choices": [choice for choice in kind.get("enum", []) if choice],
    }


def _response(code: str, one: dict[str, Any]) -> dict[str, Any]:
    content = one.get("content", {})
    told = content.get("application/json", {}).get("schema", {})
    return {
        "code": code,
        "words": _plain(one.get("description", "")),
        "is_good": code < "400",
        "fields": _fields(told) if code < "400" else [],
    }


def _resolved(told: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, also where it stands alone in an allOf."""
    if one := told.get("allOf"):
        told = one[0]
    if reference := told.get("$ref"):
        found: dict[str, Any] = schema()["components"]["schemas"][reference.split("/")[-1]]
        return found
    return told


def _fields(told: dict[str, Any], path: str = "", depth: int = 0) -> list[Field]:
    told = _resolved(told)
    if told.get("type") == "array":
        return _fields(told.get("items", {}), f"{path}[]", depth)
    found = []
    for name, one in told.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        inner = _resolved(one)
        words = one.get("description") or inner.get("description", "") or ""
        found.append(Field(place, _kind(inner), _plain(words), name in told.get("required", [])))
        if depth + 1 < DEEPEST:
            found += _fields(inner, place, depth + 1)
    return found


def _plain(words: str) -> str:
    """Return words without the marks of Markdown."""
    return words.replace("`", "")


def _kind(told: dict[str, Any]) -> str:
    """Return what a value is, in a word or its choices."""
    if choices := [str(one) for one in told.get("enum", []) if one]:
        return " | ".join(choices)
    if told.get("type") == "array":
        return f"list of {_kind(_resolved(told.get('items', {})))}"
    words = told.get("format") or told.get("type") or "any"
    return f"{words} or null" if told.get("nullable") else str(words)


PAGE = Page("api_docs", "API", "", ApiDocsPage)
docs_view = admin.site.admin_view(ApiDocsPage.as_view(page=PAGE, site=admin.site))
