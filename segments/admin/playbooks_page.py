"""Playbooks: all of them on a page, and a form for one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from segments.models import Playbook
from segments.playbooks.reading import all_subjects, books
from segments.playbooks.saving import forget_playbook, save_playbook
from tenants.pages import Page, PageView, register

MAY_EDIT = "segments.change_segment"
BOXES = ("tone", "focus", "urgency", "channels", "cadence", "content")


class PlaybooksPage(PageView):
    template_name = "segments/playbooks.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subjects = all_subjects()
        found = books(subjects)
        written = {book.subject for book in found}
        return super().get_context_data(
            books=found,
            missing=[subject for subject in subjects if subject not in written],
            may_edit=self.request.user.has_perm(MAY_EDIT),
            **kwargs,
        )


class PlaybookPage(PageView):
    template_name = "segments/playbook_edit.html"
    parent = "playbooks"

    @property
    def subject(self) -> str:
        """What the playbook is for; 404 for what is no segment, stage or band."""
        subject: str = self.kwargs["subject"]
        if subject not in all_subjects():
            raise Http404
        return subject

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subject = self.subject
        book = next(iter(books([subject])), None)
        told = {name: getattr(book, name, "") for name in BOXES}
        for name in ("channels", "content"):
            told[name] = "\n".join(told[name])
        return super().get_context_data(
            book=book,
            urgencies=Playbook.Urgency.choices,
            **{"told": told, "errors": {}} | kwargs | {"subject": subject},
        )

    def post(self, request: HttpRequest, subject: str) -> HttpResponseBase:
        """Save, or go back to the shipped one."""
        if not request.user.has_perm(MAY_EDIT):
            return HttpResponse("Your role cannot change playbooks.", status=403)
        name = self.subject
        if request.POST.get("step") == "reset":
            forget_playbook(name, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "Back to the playbook it came with.")
            return HttpResponseRedirect(reverse("admin:playbooks"))
        told = {box: request.POST.get(box, "") for box in BOXES}
        try:
            save_playbook(name, told, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            context = self.get_context_data(told=told, errors=error.message_dict)
            return self.render_to_response(context)
        messages.success(request, "Saved.")
        return HttpResponseRedirect(reverse("admin:playbooks"))


register(Page("playbooks", "Playbooks", "playbooks/", PlaybooksPage, "segments.view_segment"))
register(
    Page("playbook", "Playbook", "playbooks/<str:subject>/", PlaybookPage, "segments.view_segment")
)
