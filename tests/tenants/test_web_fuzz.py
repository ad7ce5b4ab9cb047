"""Whatever is sent to the API, it answers and never fails: random requests from its description."""

import json
import logging

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode

from config.openapi import schema
from segments.services import compute_rfm
from tenants.web.scopes import SCOPES
from tests.segments.promotions.shop import make_code, open_promo_shop
from tests.tenants.api_keys import client_of, new_key

BOUNDED = settings(
    max_examples=5,  # of each of 40 methods, twice: about ten seconds
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def send(client, case):
    """Send a case as a program would."""
    options = {"headers": dict(case.headers or {})}
    if case.body is not NOT_SET:
        body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str)
        options |= {"data": body, "content_type": case.media_type or "application/json"}
    query = {name: str(value) for name, value in (case.query or {}).items()}
    return client.generic(case.method, case.formatted_path, query_params=query, **options)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=["fits", "misfits"])
def test_nothing_that_is_sent_is_a_server_error(committed_tenant, mode, caplog):
    caplog.set_level(logging.CRITICAL)
    _, spenders, _ = open_promo_shop()
    make_code(include=(spenders.pk,))
    compute_rfm()
    client = client_of(new_key(*(scope.key for scope in SCOPES), per_minute=60_000)[1])
    seen: list[int] = []
    failed: list[tuple[str, str]] = []

    for found in schemathesis.openapi.from_dict(schema()).get_all_operations():
        operation = found.ok()

        @seed(20)
        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case):
            response = send(client, case)
            seen.append(response.status_code)
            if response.status_code >= 500 and response.status_code != 503:
                failed.append((case.as_curl_command()[:400], response.content.decode()[:200]))

        try:
            one()
        except Exception as error:  # some methods take nothing that could misfit
            if "Unsatisfiable" not in type(error).__name__ and "Cannot" not in str(error):
                raise

    assert failed == []
    assert len(seen) > 60
