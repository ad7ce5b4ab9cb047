"""One account: its profiles, lists, events and campaigns, with the few laws that hold for them."""

from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.klaviyo.clock import Clock
from integrations.sandbox.klaviyo.people import Profile
from integrations.sandbox.klaviyo.problems import duplicate_profile

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALL_SCOPES = frozenset(
    f"{what}:{verb}"
    for what in (
        "accounts", "campaigns", "events", "flows", "lists", "metrics", "profiles", "segments",
        "subscriptions", "templates", "data-privacy",
    )
    for verb in ("read", "write")
)  # fmt: skip


@dataclass
class Group:
    """A list or a segment: its members in the order in which they joined."""

    id: str
    name: str
    created: float
    updated: float
    opt_in: str = "single_opt_in"
    members: dict[str, float] = field(default_factory=dict)  # profile id → joined at
    definition: dict[str, Any] | None = None  # of a segment
    is_processing: bool = False
    version: int = 0  # counts changes of the members


@dataclass
class Job:
    """A bulk import on its way."""

    id: str
    created: float
    ready_at: float
    rows: list[dict[str, Any]]
    list_id: str = ""
    status: str = "queued"
    started: float | None = None
    done: float | None = None
    profiles: list[str] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Happening:
    """An event."""

    id: str
    number: int
    metric: str
    profile: str
    at: float
    properties: dict[str, Any]
    unique_id: str
    is_backfill: bool = False


class Account:
    """What one merchant has at this Klaviyo."""

    def __init__(self, id: str, *, name: str, clock: Clock) -> None:
        self.id, self.name, self.clock = id, name, clock
        self.city: str | None = "Leeds"
        self.import_seconds = 5.0  # how long a bulk import takes
        self.profiles: dict[str, Profile] = {}
        self.lists: dict[str, Group] = {}
        self.segments: dict[str, Group] = {}
        self.jobs: dict[str, Job] = {}
        self.events: list[Happening] = []
        self.metrics: dict[str, dict[str, Any]] = {}
        self.flows: dict[str, dict[str, Any]] = {}
        self.campaigns: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.templates: dict[str, dict[str, Any]] = {}
        self.results: list[dict[str, Any]] = []  # rows of the campaign report
        self.flow_starts: list[tuple[str, str]] = []  # flow id, profile id
        self._seen: set[tuple[str, str, str]] = set()  # profile, metric, unique id
        self._by: dict[str, dict[str, str]] = {"email": {}, "phone": {}, "external_id": {}}
        self._number = 0

    def next_id(self, prefix: str, *, length: int) -> str:
        """Return an id that no other object of the account has."""
        self._number += 1
        number, text = self._number, ""
        while number:
            number, digit = divmod(number, len(DIGITS))
            text = DIGITS[digit] + text
        return prefix + text.rjust(length - len(prefix), "0")

    def find(self, *, email: str = "", phone: str = "", external_id: str = "") -> list[str]:
        """Return the ids of the profiles with one of these identifiers, each once."""
        asked = (("email", email.strip().lower()), ("phone", phone), ("external_id", external_id))
        found = (self._by[kind].get(value) for kind, value in asked if value)
        return list(dict.fromkeys(id for id in found if id))

    def upsert(self, attributes: dict[str, Any]) -> tuple[Profile, bool]:
        """Write a profile by its identifiers; raise the 409 when they belong to two."""
        named = {
            "email": attributes.get("email") or "",
            "phone": attributes.get("phone_number") or "",
            "external_id": attributes.get("external_id") or "",
        }
        found = self.find(**named)
        if len(found) > 1:
            raise duplicate_profile(found[1])
        now = self.clock.now()
        is_new = not found
        if is_new:
            id = self.next_id("01", length=26)
            profile = self.profiles[id] = Profile(id, self._number, now, now)
        else:
            profile = self.profiles[found[0]]
        self.change(profile, attributes)
        return profile, is_new

    def change(self, profile: Profile, attributes: dict[str, Any]) -> None:
        """Write what is given over what is there; identifiers of another raise the 409."""
        for name, key in (("email", "email"), ("phone", "phone_number")):
            value = str(attributes.get(key) or "").strip()
            self._name(profile, name, value.lower() if name == "email" else value)
        self._name(profile, "external_id", attributes.get("external_id") or "")
        profile.first_name = attributes.get("first_name") or profile.first_name
        profile.last_name = attributes.get("last_name") or profile.last_name
        profile.properties |= attributes.get("properties") or {}
        profile.updated = self.clock.now()

    def _name(self, profile: Profile, name: str, value: str) -> None:
        if not value or getattr(profile, name) == value:
            return
        holder = self._by[name].get(value)
        if holder not in (None, profile.id):
            raise duplicate_profile(str(holder))
        self._by[name].pop(getattr(profile, name), None)
        self._by[name][value] = profile.id
        setattr(profile, name, value)

    def forget(self, id: str) -> None:
        """Delete a profile, as a merge does with its source."""
        profile = self.profiles.pop(id)
        for name, known in self._by.items():
            known.pop(getattr(profile, name), None)
        for group in (*self.lists.values(), *self.segments.values()):
            self.leave(group, id)

    def join(self, group: Group, id: str) -> None:
        """Put a profile into a list: nothing happens when it is in. Flows start."""
        if id in group.members:
            return
        group.members[id] = self.clock.now()
        group.version += 1
        for flow in self.flows.values():
            if flow["list"] == group.id and flow["status"] == "live":
                self.flow_starts.append((flow["id"], id))

    def leave(self, group: Group, id: str) -> None:
        """Take a profile out; consent stays what it is."""
        if group.members.pop(id, None) is not None:
            group.version += 1

    def record(self, metric: str, profile: str, *, at: float, unique_id: str, **facts: Any) -> bool:
        """Keep an event; False when one with its unique id is there."""
        key = (profile, metric, unique_id)
        if key in self._seen:
            return False
        self._seen.add(key)
        id = self.next_id("5", length=11)
        self.events.append(
            Happening(id, self._number, metric, profile, at, facts.get("properties") or {},
                      unique_id, bool(facts.get("is_backfill")))
        )  # fmt: skip
        return True

    def metric_id(self, name: str) -> str:
        """Return the id of a metric, made when it is new."""
        for id, metric in self.metrics.items():
            if metric["name"] == name:
                return id
        id = self.next_id("M", length=6)
        self.metrics[id] = {"id": id, "name": name, "created": self.clock.now(), "from": "API"}
        return id

    def unsubscribe(self, id: str) -> None:
        """Let a person say no to all e-mail, as the link in a mail does; `updated` stays."""
        profile = self.profiles[id]
        profile.consent, profile.consent_at = "UNSUBSCRIBED", self.clock.now()
        profile.suppressions = [("UNSUBSCRIBE", self.clock.now())]

    def subscribe(self, id: str) -> None:
        """Let a person say yes, which takes back what they said before."""
        profile = self.profiles[id]
        profile.consent, profile.consent_at = "SUBSCRIBED", self.clock.now()
        profile.suppressions = [one for one in profile.suppressions if one[0] == "HARD_BOUNCE"]
