"""Golden sentences: what a rule is to read like, word for word."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commerce.models import AttributeDefinition, EventName
from segments.catalogue import StoreCatalogue
from segments.models import Segment
from segments.rules.clock import Clock
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.speech import Speech
from tests.segments.rules.world import LONDON

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINES = (Path(__file__).parent / "golden_sentences.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split(" → ")) for line in LINES if line.strip() and not line.startswith("#")]
NUMBERS = ("mrr", "engagement_score", "days_since_last_active")


@pytest.fixture
def catalogue(tenant):
    for name in NUMBERS:
        kind = "money" if name == "mrr" else "number"
        label = "MRR" if name == "mrr" else name.replace("_", " ")
        AttributeDefinition.objects.create(key=name, label=label, kind=kind)
    AttributeDefinition.objects.create(key="diet", label="dietary preference", kind="list")
    EventName.objects.create(
        name="email_opened", label="Opened an e-mail", properties={"campaign": "text"}
    )
    Segment.objects.create(pk=7, name="Win-back", slug="win-back")
    return StoreCatalogue()


@pytest.mark.parametrize(("rule", "said"), CASES, ids=range(1, len(CASES) + 1))
def test_a_rule_reads_like_this(catalogue, rule, said):
    names = {7: "“Win-back”"}
    speech = Speech(Clock(NOON, LONDON), "USD", names.__getitem__)

    assert sentence(parse(json.loads(rule), catalogue), catalogue, speech) == said
