"""The API's description: drf-spectacular's, with what every address of ours has in common."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema

from tenants.web.scopes import SCOPES
from tenants.web.telling import OBJECT, TOLD, Told

WRITES = frozenset(["POST", "PATCH", "PUT", "DELETE"])
PROBLEM = {"$ref": "#/components/schemas/Problem"}
ALWAYS = (401, 403, 429, 500)
WORDS = {
    400: "What was sent cannot be taken; `errors` says where.",
    401: "No key, or one that is unknown here, expired or revoked.",
    403: "The key lacks a scope, or the role does not allow it.",
    404: "Nothing at this address.",
    409: "It cannot be now.",
    412: "`If-Match` names what is no more.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "This `Idempotency-Key` was sent with another request.",
    429: "Too often; wait `Retry-After` seconds.",
    500: "Something went wrong here.",
    503: "Not now; `Retry-After` says when.",
}
RATE = {
    f"RateLimit-{name}": {"schema": {"type": "integer"}, "description": words}
    for name, words in (
        ("Limit", "requests a minute"),
        ("Remaining", "left of this minute"),
        ("Reset", "seconds to the next minute"),
    )
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once and answered alike for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 191, "pattern": "^[!-~]+$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what was read: else 412.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{1,32}"$'},
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What went wrong, and where in what was sent.",
    "required": ["type", "title", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "example": "urn:strata:bad-request"},
        "title": {"type": "string", "example": "Bad Request"},
        "detail": {"type": "string", "example": "“much” is no number."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {
                    "path": {
                        "type": "array",
                        "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                    },
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class StrataSchema(AutoSchema):
    """Describes one method of one address from what its floor told of it."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation["x-scopes"] = self._scopes()
        self._add_headers(operation)
        for status in self._errors():
            content = {"application/problem+json": {"schema": PROBLEM}}
            operation["responses"][str(status)] = {"description": WORDS[status], "content": content}
        for response in operation["responses"].values():
            response.setdefault("headers", {}).update(RATE)
        self._add_example(operation)
        return operation

    @property
    def told(self) -> Told:
        """What was told of the method; of one that nobody described, what can be seen."""
        seen = Told(
            responses={200: getattr(self.view, "serializer_class", None) or OBJECT},
            request=OBJECT if self.method in ("POST", "PATCH", "PUT") else None,
        )
        view: Any = type(self.view)
        return TOLD.get((view, self.method), seen)

    def get_operation_id(self) -> str:
        words = re.sub(r"[{}]", "", self.path.removeprefix("/api/v1/")).strip("/")
        return re.sub(r"\W+", "_", f"{self.method.lower()}_{words}")

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        return self._said(getattr(self.view, self.method.lower())).split("\n")[0]

    def get_description(self) -> str:  # type: ignore[override]
        words = [self._said(type(self.view)), f"Scopes: {', '.join(self._scopes())}."]
        if more := getattr(self.view, "more_with", ()):
            words.append(f"Tells more with: {', '.join(more)}.")
        return "\n\n".join(words)

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"serviceKey": []}, {"session": []}]

    def get_request_serializer(self) -> Any:
        return self.told.request

    def get_response_serializers(self) -> Any:
        return dict(self.told.responses)

    def get_override_parameters(self) -> Any:
        return list(self.told.parameters)

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # pages are shapes of their own

    def _scopes(self) -> list[str]:
        return [key for key in self._declared().get(self.method, ()) if key in SCOPES]

    def _declared(self) -> Any:
        return getattr(self.view, "scopes", {})

    def _errors(self) -> list[int]:
        found = {*ALWAYS, *self.told.errors}
        if "{" in self.path:
            found.add(404)
        if self.method in WRITES:
            found |= {400, 409, 422}
        if self.method in WRITES and self.told.request is not None:
            found |= {413, 415}
        if self.method == "GET" and self.told.parameters:
            found.add(400)
        if self._takes_condition():
            found.add(412)
        return sorted(found)

    def _takes_condition(self) -> bool:
        return self.method in ("PATCH", "PUT", "DELETE") and "GET" in self._declared()

    def _add_headers(self, operation: dict[str, Any]) -> None:
        parameters = operation.setdefault("parameters", [])
        if self.method in WRITES:
            parameters.append(ONCE)
        if self._takes_condition():
            parameters.append(IF_MATCH)

    def _add_example(self, operation: dict[str, Any]) -> None:
        body = operation.get("requestBody")
        if self.told.example is not None and body is not None:
            for content in body["content"].values():
                content["example"] = self.told.example

    @staticmethod
    def _said(subject: Any) -> str:
        return (subject.__doc__ or "").strip()
