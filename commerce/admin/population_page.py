"""Who counts as a customer: tags, e-mail domains and addresses that stay out of base and scores."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from commerce import population
from commerce.admin.page import today
from commerce.models import PopulationPolicy
from commerce.models.customer import LeftOut
from commerce.rollups import BeingRecounted
from commerce.templatetags.facts import count
from tenants.pages import Page, PageView, register

MOST_WORDS = 5_000


class WordsField(forms.CharField):
    """Several words, one a line; the page shows them as chips."""

    def __init__(self, *, longest: int = 255, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.longest = longest
        self.widget = forms.Textarea(attrs={"rows": 3, "data-chips": "", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        parts = str(super().clean(value)).replace(",", "\n").splitlines()
        words = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(words) > MOST_WORDS:
            raise ValidationError(f"Use at most {MOST_WORDS:,} entries.")
        for word in words:
            if len(word) > self.longest:
                raise ValidationError(f"“{word[:40]}…” is too long.")
        return words


class PopulationForm(forms.Form):
    """The one policy row, in boxes."""

    staff_tags = WordsField(label="Tags of staff")
    staff_domains = WordsField(label="E-mail domains of staff", help_text="yourshop.com")
    wholesale_tags = WordsField(label="Tags of wholesale customers")
    marketplace_domains = WordsField(
        label="E-mail domains of marketplaces",
        help_text="Marketplaces give each order an address of their own, for example"
        " marketplace.amazon.com: those are no customers of yours to write to.",
    )
    left_out_emails = WordsField(label="Addresses to leave out", longest=254)

    def clean_left_out_emails(self) -> list[str]:
        emails: list[str] = self.cleaned_data["left_out_emails"]
        wrong = next((word for word in emails if "@" not in word), "")
        if wrong:
            raise ValidationError(f"“{wrong}” is no e-mail address.")
        return emails

    def wish(self) -> PopulationPolicy:
        """Return the policy asked for, unsaved."""
        return PopulationPolicy(pk=1, **self.cleaned_data)


class PopulationPage(PageView):
    template_name = "commerce/population.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = PopulationPolicy.current()
        initial = {name: getattr(current, name) for name in PopulationForm.base_fields}
        known = {"form": PopulationForm(initial=initial), "reasons": dict(LeftOut.choices)}
        return super().get_context_data(**known | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = PopulationForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if request.POST.get("step") == "apply":
            try:
                moved = population.apply(form.wish(), actor=request.user, on=today())
            except BeingRecounted as busy:
                messages.error(request, str(busy))
                return self.render_to_response(self.get_context_data(form=form))
            messages.success(request, f"Saved. {count(moved)} customers changed sides.")
            return HttpResponseRedirect(request.path)
        shift = population.preview(form.wish())
        after = [(LeftOut(key).label, total) for key, total in shift.left_out_after.items()]
        return self.render_to_response(
            self.get_context_data(form=form, shift=shift, left_out_after=after)
        )


register(
    Page(
        key="population",
        label="Who counts as a customer",
        path="who-counts/",
        view=PopulationPage,
        permission="access.manage_order_policy",
    )
)
