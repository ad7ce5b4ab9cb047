"""Changes of one customer from their page: check, one call of the service, back to the page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from commerce import edits
from commerce.admin.contact import sees_contact
from commerce.admin.edit_forms import EditForm, words
from commerce.models import Customer


def apply(request: HttpRequest, customer: Customer) -> EditForm | None:
    """Make the change that was posted; return the form when a box of it cannot be read."""
    asked = request.POST.get("what", "")
    if asked == "form":
        form = EditForm(customer, sees=sees_contact(request), data=request.POST)
        if not form.is_valid():
            return form
        changes = form.changes()
    else:
        changes = _button(request, asked)
    if not changes:
        messages.info(request, "Nothing was changed.")
        return None
    try:
        edits.edit([customer.pk], changes=changes, by=request.user, at=timezone.now())
    except edits.EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Saved.")
    return None


def _button(request: HttpRequest, asked: str) -> dict[str, Any]:
    """Return the change behind the small buttons: VIP and the chips of the tags."""
    tags = words(request.POST.get("tag", ""))
    known: dict[str, dict[str, Any]] = {
        "vip_on": {"is_vip": True},
        "vip_off": {"is_vip": False},
        "add_tags": {"add_tags": tags} if tags else {},
        "remove_tag": {"remove_tags": [request.POST.get("tag", "")]},
    }
    return known.get(asked, {})
