"""One sync of one list: read, plan, ask if need be, add, remove, take in, agree.

Each step begins from what the database says, and each request's end is written with it. So a run
that was killed anywhere, or waits for Klaviyo, begins again and does only what is left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.errors import Refused
from integrations.klaviyo import (
    flows,
    landed,
    mirror,
    planning,
    pushing,
    refusals,
    removing,
    taking,
)
from integrations.klaviyo.answers import Gone
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.merge import Plan
from integrations.klaviyo.planning import Outlook
from integrations.models import KlaviyoList, KlaviyoMember, KlaviyoRun
from tenants.progress import Progress

State = KlaviyoList.State
ROUNDS = 3  # of adding: rows that were refused are left out of the next


@dataclass(frozen=True)
class Sync:
    """A sync at work."""

    client: KlaviyoClient
    link: KlaviyoList
    log: KlaviyoRun
    at: datetime
    progress: Progress
    counts: dict[str, Any]  # of the run: what has to outlive a wait

    def run(self) -> None:
        """Do what is left; raise a PlatformError when it cannot go on now."""
        if not self._read():
            return
        outlook = planning.look_ahead(self.link)
        self.log.skipped = outlook.skipped
        if self.log.is_dry:
            self._tell(outlook)
            return
        if outlook.concern and outlook.print != self.link.allowed_print:
            self._hold(outlook)
            return
        if not self.counts.get("has_planned"):  # after a wait, what was undone is no news
            self.log.undone += len(outlook.plan.undone)
            self.counts["has_planned"] = True
        self._add()
        self._remove_and_take(outlook.plan)
        self._agree()

    def _read(self) -> bool:
        """Bring what is known of Klaviyo in step; False when the list is gone."""
        if not self.counts.get("has_read"):
            try:
                now = mirror.stand(self.client, self.link)
            except Gone:
                self._unlink()
                return False
            self.link.name, self.link.their_count = now.name or self.link.name, now.count
            self.link.save(update_fields=["name", "their_count"])
        self._settle()
        if not self.counts.get("has_read"):
            count = self.link.their_count or 0
            mirror.follow(self.client, self.link, count=count, at=self.at, progress=self.progress)
            self.counts["has_read"] = True
        return True

    def _settle(self) -> None:
        added, refused = pushing.settle(self.client, self.link, at=self.at, counts=self.counts)
        if added or refused:
            self.log.added += added
            self.log.refused += refused
            self.log.save()

    def _add(self) -> None:
        """Add until nobody is left to add, or everybody left was refused just now."""
        for _ in range(ROUNDS):
            plan = planning.look_ahead(self.link).plan
            again = refusals.since(self.link, at=self.log.began_at)
            left = sorted(key for key in plan.add_there if isinstance(key, int))
            left = [key for key in left if key not in again]
            if not left:
                return
            self.progress.report(0, len(left), "Adding people at Klaviyo")
            before = len(again)
            self.log.added += pushing.add(self.client, self.link, left, at=self.at)
            self.log.refused += len(refusals.since(self.link, at=self.log.began_at)) - before
            self.log.save()
            self._settle()

    def _remove_and_take(self, plan: Plan) -> None:
        if plan.remove_there:
            self.progress.report(0, len(plan.remove_there), "Taking people out at Klaviyo")
            self.log.removed += removing.remove(self.client, self.link, plan.remove_there)
        try:
            taken_in, taken_out = taking.take(self.link, plan, at=self.at)
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        self.log.taken_in += taken_in
        self.log.taken_out += taken_out
        self.log.excluded += len(plan.exclude)
        for rows in landed.of_keys(self.link, plan.lift):
            rows.update(is_excluded=False)
        for rows in landed.of_keys(self.link, plan.exclude):
            rows.update(is_excluded=True, in_base=False)
        self.log.save()

    def _agree(self) -> None:
        plan = planning.look_ahead(self.link).plan
        with transaction.atomic():
            landed.agree(self.link, plan.base - plan.add_there - plan.add_here)
            known = KlaviyoMember.objects.filter(list=self.link, is_there=True).count()
            link = self.link
            link.state, link.state_note, link.held_print = State.ACTIVE, "", ""
            link.allowed_print, link.synced_at, link.their_count = "", self.at, known
            link.save()
            self._end(KlaviyoRun.State.DONE)

    def _tell(self, outlook: Outlook) -> None:
        """Write what would be done, and the flows that would begin."""
        plan, log = outlook.plan, self.log
        log.added, log.removed = len(plan.add_there), len(plan.remove_there)
        log.taken_in = sum(isinstance(key, int) for key in plan.add_here)
        log.taken_out = len(plan.remove_here)
        log.excluded, log.undone = len(plan.exclude), len(plan.undone)
        log.flows = flows.live_flows(self.client, self.link)
        self._end(KlaviyoRun.State.DONE, outlook.concern)

    def _hold(self, outlook: Outlook) -> None:
        link = self.link
        link.state, link.state_note, link.held_print = State.HELD, outlook.concern, outlook.print
        link.save(update_fields=["state", "state_note", "held_print"])
        self.log.removed, self.log.taken_out = 0, 0
        self._end(KlaviyoRun.State.HELD, outlook.concern)

    def _unlink(self) -> None:
        words = "The list was deleted at Klaviyo. Nothing is made anew by itself."
        self.link.state, self.link.state_note = State.UNLINKED, words
        self.link.save(update_fields=["state", "state_note"])
        self._end(KlaviyoRun.State.FAILED, words)

    def _end(self, state: str, note: str = "") -> None:
        self.log.state, self.log.note, self.log.ended_at = state, note, self.at
        self.log.save()
