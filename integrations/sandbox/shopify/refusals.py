"""Errors in the shapes that Shopify's GraphQL gives them."""

from typing import Any

from graphql import GraphQLError

LIMITS = "https://shopify.dev/api/usage/rate-limits"
ACCESS = "https://shopify.dev/api/usage/access-scopes"


def refusal(message: str, code: str, **facts: Any) -> GraphQLError:
    """Return an error with a code, to be raised in a resolver."""
    return GraphQLError(message, extensions={"code": code, **facts})


def access_denied(field: str, scope: str) -> GraphQLError:
    """Return what a field answers when the app was not granted its scope."""
    return refusal(
        f"Access denied for {field} field. Required access: `{scope}` access scope.",
        "ACCESS_DENIED",
        documentation=ACCESS,
        requiredAccess=f"`{scope}` access scope.",
    )


def invalid_id() -> GraphQLError:
    """Return what an id of another type answers."""
    return refusal("invalid id", "RESOURCE_NOT_FOUND")
