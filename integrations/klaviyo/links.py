"""The doors of list syncs: choose or make a list, begin, allow, pause, let go."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.errors import PlatformError
from integrations.klaviyo import jobs as klaviyo_jobs
from integrations.klaviyo import tiers
from integrations.klaviyo.client import Clock, KlaviyoClient
from integrations.klaviyo.opening import account_here, open_client
from integrations.models import KlaviyoAccount, KlaviyoList
from segments import manual
from segments.models import Segment
from tenants import audit

State = KlaviyoList.State
SHOWN_LISTS = 1_000
NOT_CONNECTED = "Klaviyo is not connected. Paste a key on the Klaviyo page first."


def connected() -> KlaviyoAccount:
    """Return the merchant's account; raise ValidationError without one that lets us in."""
    account = account_here()
    if account is None or not account.is_connected:
        raise ValidationError(NOT_CONNECTED)
    return account


def lists_there(*, clock: Clock | None = None) -> list[dict[str, str]]:
    """Return id and name of the account's lists at Klaviyo; raise ValidationError in words."""
    account = connected()
    found: list[dict[str, str]] = []
    try:
        with open_client(account, clock=clock) as client:
            for reply in client.pages("/api/lists", tiers.LISTS, fields_list="name"):
                found += [
                    {"id": str(row["id"]), "name": str(row["attributes"].get("name") or "")}
                    for row in reply.data
                ]
                if len(found) >= SHOWN_LISTS:
                    break
    except PlatformError as error:
        raise ValidationError(error.words) from error
    return sorted(found, key=lambda row: row["name"].casefold())


def make_link(
    segment: Segment | None,
    *,
    list_id: str = "",
    new_list: str = "",
    direction: str = KlaviyoList.Direction.PUSH,
    policy: str = "",
    subscribed_only: bool = False,
    by: Any,
    clock: Clock | None = None,
) -> KlaviyoList:
    """Keep a segment and a list in step, once somebody has looked at what that means.

    Without a segment a new one, chosen by hand, takes the list's name. Raises ValidationError.
    """
    account = connected()
    try:
        with open_client(account, clock=clock) as client:
            known = _list(client, list_id) if list_id else _make_list(client, new_list)
    except PlatformError as error:
        raise ValidationError(error.words) from error
    if KlaviyoList.objects.filter(account=account, list_id=known["id"]).exists():
        raise ValidationError(f"“{known['name']}” is kept in step with a segment already.")
    with transaction.atomic():
        if segment is None:
            segment = manual.create_manual(name=known["name"][:120], by=by)
        link = KlaviyoList.objects.create(
            account=account,
            segment=segment,
            list_id=known["id"],
            name=known["name"][:255],
            direction=direction,
            policy=policy or usual_policy(segment, direction=direction),
            subscribed_only=subscribed_only,
            is_ours=not list_id,
            created_by=by if getattr(by, "pk", None) else None,
        )
        audit.record(by, "klaviyo_list", link, segment=segment.name, list=link.name)
        klaviyo_jobs.start_sync(link, is_dry=True)
    return link


def usual_policy(segment: Segment, *, direction: str) -> str:
    """Return who decides unless somebody says otherwise."""
    if segment.kind == Segment.Kind.RULES or direction == KlaviyoList.Direction.PULL:
        return KlaviyoList.Policy.KLAVIYO
    if segment.kind == Segment.Kind.MANUAL:
        return KlaviyoList.Policy.UNION
    return KlaviyoList.Policy.OURS


def _list(client: KlaviyoClient, list_id: str) -> dict[str, str]:
    if not list_id.isalnum() or len(list_id) > 32:
        raise ValidationError("Choose one of the lists.")
    row = client.get(f"/api/lists/{list_id}", tiers.LIST).data
    return {"id": str(row["id"]), "name": str(row["attributes"].get("name") or list_id)}


def _make_list(client: KlaviyoClient, name: str) -> dict[str, str]:
    """Make a list; one of this name is not made twice, for an answer may have been lost."""
    name = name.strip()
    if not name or len(name) > 255:
        raise ValidationError("Give the new list a name of at most 255 characters.")
    written = name.replace("\\", "\\\\").replace('"', '\\"')
    there = client.get("/api/lists", tiers.LISTS, filter=f'equals(name,"{written}")').data
    if there:
        raise ValidationError(f"Klaviyo has a list “{name}” already. Choose it, or another name.")
    attributes = {"name": name, "opt_in_process": "single_opt_in"}
    body = {"data": {"type": "list", "attributes": attributes}}
    row = client.post("/api/lists", tiers.MAKE_LIST, body).data
    return {"id": str(row["id"]), "name": name}


def begin(link: KlaviyoList, *, by: audit.Actor) -> None:
    """Let a list that somebody has looked at, or paused, be kept in step from now on."""
    _change(link, State.ACTIVE, by=by, only=(State.NEW, State.PAUSED))
    klaviyo_jobs.start_sync(link)


def pause(link: KlaviyoList, *, by: audit.Actor) -> None:
    """Send and read nothing for a while."""
    _change(link, State.PAUSED, by=by, only=(State.ACTIVE, State.HELD))


def allow(link: KlaviyoList, *, seen: str, by: audit.Actor) -> None:
    """Let exactly the removals happen that were held; `seen`: the print of what was shown."""
    if link.state != State.HELD or not seen or seen != link.held_print:
        raise ValidationError("What was stopped has changed since. Look at it again.")
    link.allowed_print = seen
    link.save(update_fields=["allowed_print"])
    _change(link, State.ACTIVE, by=by, only=(State.HELD,))
    klaviyo_jobs.start_sync(link)


def let_go(link: KlaviyoList, *, by: audit.Actor) -> None:
    """Keep list and segment in step no longer. Both stay as they are."""
    audit.record(by, "klaviyo_list_let_go", link, list=link.name)
    link.delete()


def _change(link: KlaviyoList, state: str, *, by: audit.Actor, only: tuple[str, ...]) -> None:
    rows = KlaviyoList.objects.filter(pk=link.pk, state__in=only)
    if not rows.update(state=state, state_note=""):
        raise ValidationError("The list is in another state by now. Reload the page.")
    link.refresh_from_db()
    audit.record(by, "klaviyo_list_state", link, state=state)
