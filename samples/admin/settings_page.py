"""The samples settings: tags and channels, what a change would do, and bringing it about."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from commerce.admin.population_page import WordsField
from samples import usage
from samples.admin.list_page import CONFIGURE
from samples.drafts import MOST_PATTERNS, Draft, DraftRefused, read, save
from samples.history import CLASSIFY, is_behind
from samples.models import SampleSettings
from samples.preview import PREVIEW, effect_of, is_quick
from tenants import jobs
from tenants.pages import Page, PageView, register


class SettingsForm(forms.Form):
    """The settings in boxes; samples.drafts says what cannot be."""

    ugc_tags = WordsField(
        label="UGC tags",
        help_text="An order with one of these tags is a UGC sample, whatever it cost.",
    )
    tiktok_tags = WordsField(
        label="TikTok tags", help_text="An order with one of these tags is a TikTok sample."
    )
    channel_patterns = WordsField(
        label="Channel patterns",
        help_text="An order whose channel, source or app fits one of these is a TikTok sample."
        " % stands for any text: “tiktok%” is everything that begins with “tiktok”,"
        " “%tiktok shop%” whatever has “tiktok shop” somewhere.",
    )
    zero_price_only = forms.BooleanField(
        required=False,
        label="Only orders that cost nothing",
        help_text="For TikTok tags and channels: the order's total without shipping and tax is 0."
        " Otherwise what you sell through TikTok Shop would count as samples.",
    )

    def draft(self) -> Draft | None:
        """Return the settings asked for; None when they cannot be, with the reasons in the form."""
        if not self.is_valid():
            return None
        try:
            return read(self.cleaned_data)
        except DraftRefused as refusal:
            for name, problem in refusal.problems.items():
                self.add_error(name, problem)
            return None


class SettingsPage(PageView):
    """Two columns of cards, a preview, save and cancel."""

    template_name = "samples/settings.html"
    parent = "samples"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settings = SampleSettings.current()
        live = jobs.live(CLASSIFY)
        known = {
            "form": SettingsForm(initial=Draft.of(settings).as_json()),
            "run": live,
            "is_behind": live is None and is_behind(settings),
            "classified_at": settings.classified_at,
        }
        return super().get_context_data(**known | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("step") == "classify":
            if jobs.live(CLASSIFY) is None:
                jobs.start(CLASSIFY)
            messages.success(request, "Looking through all orders. This page can be left.")
            return HttpResponseRedirect(request.path)
        form = SettingsForm(request.POST)
        draft = form.draft()
        if draft is None:
            return self.render_to_response(self.get_context_data(form=form))
        if request.POST.get("step") == "save":
            return self._save(request, draft)
        if is_quick():
            shown = self.get_context_data(form=form, effect=effect_of(draft))
            return self.render_to_response(shown)
        run = jobs.start(PREVIEW, params={"settings": draft.as_json()})
        return self.render_to_response(self.get_context_data(form=form, counting=run))

    def _save(self, request: HttpRequest, draft: Draft) -> HttpResponseBase:
        if save(draft, by=request.user) is None:
            messages.info(request, "Nothing was different, so nothing changed.")
        else:
            messages.success(
                request,
                "Saved. New orders follow these settings at once; older ones are being looked"
                " through now.",
            )
        return HttpResponseRedirect(reverse("admin:samples"))


@require_POST
def try_patterns(request: HttpRequest) -> HttpResponseBase:
    """Answer what the patterns typed so far match in this store."""
    typed = request.POST.get("patterns", "")[:20_000].replace(",", "\n").splitlines()
    patterns = list(dict.fromkeys(word.strip() for word in typed if word.strip()))
    useful = [word for word in patterns if word.strip("% ")][:MOST_PATTERNS]
    tried = usage.try_patterns(useful) if useful else None
    return TemplateResponse(request, "samples/tried.html", {"tried": tried, "typed": patterns})


def words(request: HttpRequest) -> HttpResponseBase:
    """Answer the tags and channels that the store uses, as buttons."""
    shown = {"tags": usage.tags(), "channels": usage.channels()}
    return TemplateResponse(request, "samples/words.html", shown)


PAGES = (
    Page("samples_settings", "Samples settings", "samples/settings/", SettingsPage, CONFIGURE),
    Page("samples_try", "Try patterns", "samples/settings/try/", try_patterns, CONFIGURE),
    Page("samples_words", "Words in use", "samples/settings/words/", words, CONFIGURE),
)
for page in PAGES:
    register(page)
