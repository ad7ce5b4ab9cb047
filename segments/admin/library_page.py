"""The library: every ready-made segment by family, what it finds here, and *use this*."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from segments import library, library_counting
from segments.admin.library_doing import address_of
from segments.catalogue import StoreCatalogue
from segments.library import NotPossible, Shelved
from segments.models import Library, Segment
from segments.presets import PRESETS, families
from segments.presets.preset import Family
from segments.rules.errors import RuleError
from tenants import audit, jobs
from tenants.pages import Page, PageView, register

MAY_USE = "segments.add_segment"


class ListsForm(forms.Form):
    """The two lists of the merchant's own that ready-made rules read."""

    healthy_categories = forms.CharField(
        required=False,
        max_length=2_000,
        label="Healthy categories",
        help_text="Separated by commas. Health-conscious customers are told by them.",
    )
    core_feature = forms.CharField(
        required=False,
        max_length=200,
        label="Core feature",
        help_text="As your events name it. Feature champions are told by it.",
    )

    def clean_healthy_categories(self) -> list[str]:
        """Return the categories, each once."""
        words = (word.strip() for word in self.cleaned_data["healthy_categories"].split(","))
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > 50 or any(len(word) > 200 for word in found):
            raise forms.ValidationError("50 categories at most, of 200 characters each.")
        return found


class LibraryPage(PageView):
    """Shelves by family, counts as of the last night, and the lists that rules read."""

    template_name = "segments/library.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_use = self.request.user.has_perm(MAY_USE)
        kept, shelved = library.shelves()
        counting = library_counting.count_soon(kept) if may_use else jobs.live(library.COUNT)
        told = {
            "healthy_categories": ", ".join(kept.healthy_categories),
            "core_feature": kept.core_feature,
        }
        shown = {
            "library": kept,
            "families": _by_family(shelved, self.request.user),
            "counting": counting,
            "may_use": may_use,
            "form": ListsForm(initial=told),
            "previewed": _previewed(self.request, shelved, kept),
        }
        return super().get_context_data(**shown | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Use a preset, keep the lists, or count again."""
        if not request.user.has_perm(MAY_USE):
            return HttpResponse("Your role looks at segments; it does not make them.", status=403)
        if request.POST.get("action") == "lists":
            return self._keep_lists(request)
        if request.POST.get("action") == "count":
            jobs.live(library.COUNT) or jobs.start(library.COUNT)
            messages.success(request, "The library is being counted.")
            return HttpResponseRedirect(reverse("admin:library"))
        return use(request)

    def _keep_lists(self, request: HttpRequest) -> HttpResponse:
        form = ListsForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        kept = Library.current()
        kept.healthy_categories = form.cleaned_data["healthy_categories"]
        kept.core_feature = form.cleaned_data["core_feature"]
        kept.save()
        audit.record(request.user, "settings", kept, categories=len(kept.healthy_categories))
        jobs.live(library.COUNT) or jobs.start(library.COUNT)
        messages.success(request, "Saved. The library is being counted with it.")
        return HttpResponseRedirect(reverse("admin:library"))


def use(request: HttpRequest) -> HttpResponse:
    """Make a segment of the preset that a form names, and show it, or its builder."""
    key = request.POST.get("preset", "")
    if key not in PRESETS:
        messages.error(request, "This ready-made segment does not exist (any more).")
        return HttpResponseRedirect(reverse("admin:library"))
    try:
        segment, is_new = library.use_preset(key, by=request.user)  # type: ignore[arg-type]
    except NotPossible as missing:
        messages.error(request, f"“{PRESETS[key].label}” cannot be used yet. {missing}")
        return HttpResponseRedirect(reverse("admin:library"))
    except RuleError as refused:  # it reads a field that this role may not use
        messages.error(request, f"“{PRESETS[key].label}” is not yours to use. {refused.message}")
        return HttpResponseRedirect(reverse("admin:library"))
    if is_new:
        messages.success(request, f"“{segment.name}” is yours now. Change its rules as you like.")
    return HttpResponseRedirect(after_use(request, segment))


def after_use(request: HttpRequest, segment: Segment) -> str:
    """Return the address of what comes next: the segment, its builder, or what it is for."""
    if request.POST.get("then") == "edit" and segment.kind == Segment.Kind.RULES:
        return reverse("admin:segments_segment_edit", args=[segment.pk])
    action = PRESETS[segment.preset].action if segment.preset in PRESETS else None
    if request.POST.get("then") == "do" and action is not None:
        return address_of(action, segment, request.user)
    return reverse("admin:segments_segment_change", args=[segment.pk])


def _by_family(shelved: list[Shelved], user: Any) -> list[dict[str, Any]]:
    """Return the families with their shelves; one that this store cannot use at all comes last."""
    groups = [
        {"family": family, "cards": [_card(one, user) for one in shelved if _is_of(one, family)]}
        for family in families()
    ]
    return sorted(groups, key=lambda group: all(card["one"].missing for card in group["cards"]))


def _is_of(one: Shelved, family: Family) -> bool:
    return one.preset.family == family.key


def _card(one: Shelved, user: Any) -> dict[str, Any]:
    """Return a shelf's card: the preset, and where what it is for is done once it is in use."""
    action = one.preset.action
    doing = address_of(action, one.segment, user) if action and one.segment else ""
    return {"one": one, "doing": doing}


def _previewed(
    request: HttpRequest, shelved: list[Shelved], kept: Library
) -> dict[str, Any] | None:
    """Return the preset whose rules `?look=` wants to read, said as a sentence."""
    asked = request.GET.get("look", "")
    one = next((one for one in shelved if one.preset.key == asked), None)
    if one is None or one.missing:
        return None
    return {"shelved": one, "said": library.sentence_of(one.preset, kept, StoreCatalogue())}


register(Page("library", "Library", "library/", LibraryPage, "segments.view_segment"))
