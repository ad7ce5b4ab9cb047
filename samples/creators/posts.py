"""Recording what creators published. Links are checked for their form and never fetched."""

import re
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from samples.creators import figures
from samples.creators.acting import local_day, user_of
from samples.models import Post, SampleOrder
from tenants import audit

HOST = re.compile(r"[\w.-]+")


class PostRefused(Exception):  # noqa: N818 - a state
    """The post was not recorded; the message is for the merchant."""


def checked_link(text: str) -> str:
    """Return an https address in one form, without what follows “#”; raise ValueError in words."""
    shown = text.strip()
    try:
        parts = urlsplit(shown)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    # Browsers read “\” as “/”, and then another host.
    is_public = "." in host and bool(HOST.fullmatch(host)) and not host.replace(".", "").isdigit()
    if parts.scheme.lower() != "https" or not is_public or port or parts.username is not None:
        raise ValueError("Enter the whole address, beginning with https://")
    if any(character.isspace() or not character.isprintable() for character in shown):
        raise ValueError("An address holds no spaces.")
    link = urlunsplit(("https", host, parts.path or "/", parts.query, ""))
    if len(link) > 500:
        raise ValueError("An address may be 500 characters long.")
    return link


def save(post: Post, *, by: audit.Actor, at: datetime) -> Post:
    """Write a new or changed post; a sample's post is its creator's. Raise PostRefused."""
    if post.order_id and not post.creator_id:
        sample = SampleOrder.objects.filter(pk=post.order_id).first()
        post.creator_id = sample.creator_id if sample else None
    if not post.creator_id and not post.order_id:
        raise PostRefused("Say whose post it is, or which sample it shows.")
    before = Post.objects.filter(pk=post.pk).values_list("creator", flat=True).first()
    try:
        with transaction.atomic():
            if post.pk is None:
                post.recorded_by = user_of(by)
            post.save()
            figures.refresh([before, post.creator_id], on=local_day(at))
            audit.record(by, "record_post", post)
    except IntegrityError as error:
        raise PostRefused("A post with this address was recorded already.") from error
    return post


def remove(post: Post, *, by: audit.Actor, at: datetime) -> None:
    """Delete a post."""
    with transaction.atomic():
        audit.record(by, "remove_post", post)
        post.delete()
        figures.refresh([post.creator_id], on=local_day(at))


def is_posted() -> Q:
    """Return the condition, over samples, “somebody posted about it”.

    A post of the sample's creator that names no sample counts for every sample of theirs that was
    placed by then.
    """
    about = Post.objects.filter(order=OuterRef("pk"))
    since = Post.objects.filter(
        creator=OuterRef("creator"), order=None, posted_on__gte=OuterRef("placed_on")
    )
    return Q(Exists(about)) | Q(Exists(since))
