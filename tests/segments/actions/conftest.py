"""A segment people enter, a receiver of webhooks, and a way to make triggers."""

import pytest

from tests.segments.actions.facts import make_segment
from tests.sink import Sink


@pytest.fixture
def sink(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    receiver = Sink()
    yield receiver
    receiver.close()


@pytest.fixture
def segment(tenant):
    return make_segment()
