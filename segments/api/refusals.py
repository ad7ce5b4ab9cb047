"""What this floor refuses, as problems; the paths of rules are kept, from the body's root."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from commerce.patience import TooSlowError
from commerce.rollups import BeingRecounted
from segments.admin.builder_reading import contact_faults, faults_of
from segments.catalogue import StoreCatalogue
from segments.patient_preview import TOO_SLOW
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.usages import InUse
from tenants.web.problems import Fault, Problem, Refusal, invalid, translate


def as_fault(error: RuleError, *, under: str = "") -> Fault:
    """Return a rule's fault, with the place of the rule in front of its path."""
    return Fault(error.message, (under, *error.path) if under else error.path)


@contextmanager
def rules_at(name: str, rules: Any) -> Iterator[None]:
    """Answer a RuleError with everything that is wrong in the rules, which stand under `name`."""
    try:
        yield
    except RuleError as error:
        found = faults_of(rules, StoreCatalogue()) if error.path else []
        faults = [as_fault(one, under=name) for one in found or [error]]
        raise Refusal(invalid(*faults)) from None


def refuse_contact(rules: Any, request: Any, *, under: str) -> None:
    """Raise Refusal (403) where a rule asks what the caller may not know; RuleError if unreadable.

    Whoever may not see an e-mail address could otherwise ask for it letter by letter.
    """
    faults = contact_faults(parse(rules, StoreCatalogue()), request)
    if faults:
        words = "This caller may not ask by names, e-mail addresses or phone numbers."
        places = [Fault(words, (under, *fault.path)) for fault in faults]
        raise Refusal(Problem(403, words, places))


translate(RuleError, lambda error: invalid(as_fault(error)))
translate(InUse, lambda error: Problem(409, str(error), [_use(use) for use in error.uses]))
translate(TooSlowError, lambda error: Problem(503, TOO_SLOW, headers={"Retry-After": "60"}))
translate(BeingRecounted, lambda error: Problem(503, str(error), headers={"Retry-After": "10"}))


def _use(use: Any) -> Fault:
    return Fault(f"{use.kind} “{use.name}”")
