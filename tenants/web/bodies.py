"""What programs send, read strictly: a key nobody knows is refused rather than overlooked."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


class Body(serializers.Serializer[Any]):
    """Subclass it with the fields a request may hold."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = {
                str(key): ["This is not known here. Check the spelling."]
                for key in data
                if key not in self.fields
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


def read_body(kind: type[Body], request: Request) -> dict[str, Any]:
    """Return what was sent, checked; raise REST framework's ValidationError with the places."""
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)
