"""A task in the team's inbox: one for each run, however many customers it concerns."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import F

from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import customers_of, split
from segments.actions.wording import happened
from segments.models import Task, Trigger
from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Result
from tenants.schema import connection


def _people() -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True).order_by("email", "pk")
    names = ((row.pk, row.get_full_name() or row.email or row.username) for row in people)
    return [("", "Nobody yet"), *((str(pk), name) for pk, name in names)]


class TaskOptions(Options):
    title = forms.CharField(
        label="Title",
        max_length=120,
        required=False,
        help_text="Without one it says what happened.",
    )
    note = forms.CharField(
        label="What to do",
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    assign = forms.ChoiceField(label="Who does it", choices=_people, required=False)
    due_days = forms.IntegerField(
        label="To be done within days", min_value=0, max_value=365, required=False
    )


class InboxTask(Kind):
    key, label, icon = "inbox_task", "Put a task in the inbox", "inbox"
    help = "One task for each run that finds something; the team assigns it and ticks it off."
    form = TaskOptions
    takes_samples = True

    def summary(self, options: dict[str, Any]) -> str:
        return (
            f"put “{options['title']}” in the inbox" if options.get("title") else "tell the inbox"
        )

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        people = customers_of(effects_)
        there, over = split(trigger, effects_, people=people)
        yield from over
        for occasion in dict.fromkeys(effect.occasion for effect in there):
            batch = [effect for effect in there if effect.occasion == occasion]
            about = [people[one.pk].pk if one.pk in people else None for one in batch]
            keep_task(trigger, occasion, about, at=at)
            yield batch, effects.done()


def keep_task(
    trigger: Trigger, occasion: str, about: Sequence[int | None], *, at: datetime
) -> Task:
    """Make the task of a run, or add to it; `about`: a customer each, None for a guest's sample."""
    options = trigger.options
    task, is_new = Task.objects.get_or_create(
        trigger=trigger, occasion=occasion, defaults={**_defaults(options, at=at), "created_at": at}
    )
    Task.objects.filter(pk=task.pk).update(customers_count=F("customers_count") + len(about))
    task.refresh_from_db()
    task.customer_id = about[0] if is_new and len(about) == 1 else None
    task.title = options.get("title") or happened(trigger, count=task.customers_count)[:200]
    task.save(update_fields=["customer", "title"])
    return task


def _defaults(options: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    days, person = options.get("due_days"), options.get("assign") or None
    today = at.astimezone(connection.tenant.zone).date()
    is_there = person and User.objects.filter(pk=person, is_active=True).exists()
    return {
        "note": options.get("note", ""),
        "assigned_to_id": int(person) if person and is_there else None,
        "due_on": today + timedelta(days=days) if days is not None else None,
    }


KINDS.register(InboxTask())
