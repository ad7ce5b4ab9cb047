"""What the pages about creators share: who may write, what to call somebody, the way back."""

from typing import Any, TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from commerce.admin.contact import sees_contact
from samples.models import Creator
from tenants.pages import PageView

LOOK, WRITE = "samples.view_creator", "samples.change_creator"
Row = TypeVar("Row", bound=Model)


class CreatorPageView(PageView):
    """A page of this work: everybody who may look gets it, only who may write may post."""

    parent = "samples_creators"
    writes = False  # whether the page is of no use to somebody who only looks

    def has_permission(self) -> bool:
        is_change = self.writes or self.request.method == "POST"
        return super().has_permission() and (not is_change or may_write(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"sees_contact": sees_contact(self.request), "may_write": may_write(self.request)}
            | kwargs
        )


def may_write(request: HttpRequest) -> bool:
    """Say whether the person may change creators and the work around samples."""
    return request.user.has_perm(WRITE)


def creator_name(creator: Creator | None, *, sees: bool) -> str:
    """Return what to call a creator on a page: by name for those who may, else by number."""
    if creator is None:
        return "Nobody yet"
    return creator.name if sees else str(creator)


def found(model: type[Row], pk: int) -> Row:
    """Return the row; raise Http404."""
    row = model._default_manager.filter(pk=pk).first() if pk < 2**63 else None
    if row is None:
        raise Http404
    return row


def number(text: str | None) -> int:
    """Return the id that `text` writes, 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def typed(data: QueryDict, name: str, *, length: int = 500) -> str:
    """Return a text that no form reads, as the database takes it."""
    return data.get(name, "").replace("\0", "").strip()[:length]


def back(request: HttpRequest, *, otherwise: str, args: "list[Any] | None" = None) -> Any:
    """Redirect to where the person came from, if that is a page of ours."""
    address = request.POST.get("back", "") or request.GET.get("back", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        address = reverse(f"admin:{otherwise}", args=args)
    return HttpResponseRedirect(address)
