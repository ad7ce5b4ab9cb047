"""A receiver on this machine, and a consumer of effects that does what the test says."""

from collections.abc import Iterator

import pytest

from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Sender
from tests.sink import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    receiver = Sink()
    yield receiver
    receiver.close()


class Probe:
    """A delivery whose outcomes the test chooses: `answers[change]`, else done."""

    goes_out, is_inside, page, has_several = True, False, 10, False

    def __init__(self) -> None:
        self.answers, self.sent, self.quiet = {}, [], None

    def waits_until(self, at):
        return self.quiet

    def deliver(self, batch, *, at):
        for effect in batch:
            self.sent.append(effect.change)
            answer = self.answers.get(effect.change, effects.done)
            yield [effect], answer() if callable(answer) else answer


@pytest.fixture
def probe(tenant) -> Iterator[Probe]:
    delivery = Probe()
    effects.SENDERS.register(Sender("probe", "Probe", lambda consumer: delivery))
    yield delivery
    del effects.SENDERS._entries["probe"]


def add(*changes: str, consumer: str = "probe:1", **values) -> None:
    for change in changes:
        Effect.objects.create(consumer=consumer, change=change, **values)


def states() -> dict[str, str]:
    return dict(Effect.objects.order_by("pk").values_list("change", "state"))
