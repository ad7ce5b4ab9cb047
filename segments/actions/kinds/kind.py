"""What a kind of action is, and the table of them: one file each beside this one.

A new kind subclasses Kind, is registered with `KINDS.register`, and is imported in `__init__`, or
by the floor that owns it. The contract suite takes it from there.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from segments.models import Trigger
from tenants.access.models import Effect
from tenants.effects import Result
from tenants.registry import Registry


class Options(forms.Form):
    """What a kind asks for. What it cleans stands in `Trigger.options`, as JSON."""

    def as_options(self) -> dict[str, Any]:
        """Return the cleaned values as they are kept."""
        return dict(self.cleaned_data)


class Kind(ABC):
    """One thing a trigger can do."""

    key: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    icon: ClassVar[str] = "bolt"
    form: ClassVar[type[Options]] = Options
    contacts: ClassVar[bool] = False  # reaches customers: contact rules hold
    takes_samples: ClassVar[bool] = False  # can be about a sample, without any customer
    goes_out: ClassVar[bool] = False  # leaves Strata: stands still while everything outgoing is
    is_inside: ClassVar[bool] = True  # done in one transaction with the end of its effects
    page: ClassVar[int] = 1_000  # effects at once; 0: all of a run
    has_several: ClassVar[bool] = False  # on their way at once
    is_signed: ClassVar[bool] = False  # the trigger gets a secret

    def is_contact(self, options: dict[str, Any]) -> bool:
        """Say whether a trigger with these options reaches customers."""
        return self.contacts

    @abstractmethod
    def summary(self, options: dict[str, Any]) -> str:
        """Say in a few words what is done, for lists: “add the tag “sleeping””."""

    @abstractmethod
    def deliver(
        self, trigger: Trigger, effects: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        """Do the effects of a trigger, and say how each ended."""

    def address(self, options: dict[str, Any]) -> str:
        """Return what the page shows as the target, if there is one."""
        return ""


KINDS: Registry[Kind] = Registry("action")
