"""The team's inbox: what triggers asked somebody to do."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Count, QuerySet

from segments.models import Task


def open_count() -> int:
    """Return how many tasks nobody has done yet."""
    return Task.objects.filter(done_at=None).count()


def tasks(*, show: str, person: AbstractBaseUser) -> "QuerySet[Task]":
    """Return the tasks that are open, mine and open, or done; the newest first."""
    rows = Task.objects.select_related("trigger", "trigger__segment", "assigned_to", "done_by")
    if show == "done":
        return rows.filter(done_at__isnull=False).order_by("-pk")
    rows = rows.filter(done_at=None).order_by("-pk")
    return rows.filter(assigned_to=person.pk) if show == "mine" else rows


def finish(ids: list[int], *, by: AbstractBaseUser, at: datetime) -> int:
    """Tick tasks off; return how many were open."""
    return Task.objects.filter(pk__in=ids, done_at=None).update(done_at=at, done_by=by.pk)


def reopen(ids: list[int]) -> int:
    """Put tasks back among the open ones."""
    return Task.objects.filter(pk__in=ids, done_at__isnull=False).update(done_at=None, done_by=None)


def assign(ids: list[int], *, to: User | None) -> int:
    """Give open tasks to a member of the team, or to nobody."""
    return Task.objects.filter(pk__in=ids, done_at=None).update(assigned_to=to)


def team() -> list[User]:
    """Return who tasks can be given to."""
    return list(User.objects.filter(is_active=True).order_by("first_name", "username"))


def counts(person: AbstractBaseUser) -> dict[str, int]:
    """Return how many tasks each tab holds, the done ones left uncounted."""
    found = Task.objects.filter(done_at=None).order_by().values_list("assigned_to")
    by_person = dict(found.annotate(n=Count("pk")))
    return {"open": sum(by_person.values()), "mine": by_person.get(person.pk, 0)}
