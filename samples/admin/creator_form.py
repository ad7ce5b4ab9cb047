"""Adding and changing a creator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce.models import Customer
from samples.admin.creator_frame import LOOK, CreatorPageView, found
from samples.creators import profiles
from samples.creators.handles import handle_of
from samples.models import Creator, Platform
from tenants.pages import Page, register


class CreatorForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who somebody is. Several handles of one platform are separated by commas."""

    customer_number = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, label="Customer number",
        help_text="If they are a customer too: the number on the customer's page.",
    )  # fmt: skip

    class Meta:
        model = Creator
        fields = ("name", "status", "email", "phone", "notes")
        labels = {"email": "E-mail"}
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(self.instance.handles.all()) if self.instance.pk else []
        for platform in Platform:
            shown = ", ".join(f"@{each.handle}" for each in known if each.platform == platform)
            self.fields[platform.value] = forms.CharField(
                required=False,
                max_length=1_000,
                initial=shown,
                label=f"{platform.label} handles" if platform != Platform.OTHER else "Elsewhere",
                help_text="@name or the profile's address; several with commas.",
            )
        self.initial["customer_number"] = self.instance.customer_id
        self.order_fields(["name", "status", "email", "phone", *Platform.values])

    def clean_email(self) -> str:
        text = self.cleaned_data["email"].strip()
        return forms.EmailField().clean(text) if text else ""

    def clean_customer_number(self) -> int | None:
        number: int | None = self.cleaned_data["customer_number"]
        if number is None:
            return None
        if not Customer.objects.filter(pk=number, merged_into=None, erased_at=None).exists():
            raise ValidationError("There is no customer with this number.")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for platform in Platform.values:
            try:
                cleaned[platform] = self._handles(platform, cleaned.get(platform, ""))
            except ValueError as error:
                self.add_error(platform, str(error))
        return cleaned

    def _handles(self, platform: str, text: str) -> list[str]:
        names = [handle_of(part) for part in text.split(",") if part.strip()]
        for name in names:
            owner = profiles.handle_owner(name, platform=platform, other_than=self.instance.pk)
            if owner is not None:
                raise ValueError(f"@{name} is {owner.name}'s ({owner}). Merge the two instead?")
        return names

    def handles(self) -> dict[str, list[str]]:
        """Return the cleaned handles by platform."""
        return {platform: self.cleaned_data[platform] for platform in Platform.values}


class CreatorFormPage(CreatorPageView):
    """One form for a new creator and for one who is there."""

    template_name = "samples/work_form.html"
    writes = True

    def get_title(self) -> str:
        return "Change a creator" if "creator_id" in self.kwargs else "Add a creator"

    def instance(self) -> Creator:
        """Return the creator of the address, or a new one."""
        pk = self.kwargs.get("creator_id")
        return found(Creator, pk) if pk else Creator()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        creator = self.instance()
        address = reverse("admin:samples_creators")
        if creator.pk:
            address = reverse("admin:samples_creator", args=[creator.pk])
        shown = {"form": CreatorForm(instance=creator), "cancel": address}
        if creator.pk:
            lost = "posts, requests, usage rights and codes; the samples stay, linked to nobody"
            shown["remove"] = f"Delete this creator with their {lost}"
        return super().get_context_data(**shown | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        creator = self.instance()
        if creator.pk and request.POST.get("step") == "remove":
            profiles.remove(creator, by=request.user)
            messages.success(request, "The creator was deleted.")
            return HttpResponseRedirect(reverse("admin:samples_creators"))
        form = CreatorForm(request.POST, instance=creator)
        if form.is_valid():
            creator.customer_id = form.cleaned_data["customer_number"]
            try:
                profiles.save(creator, handles=form.handles(), by=request.user, at=timezone.now())
            except profiles.CreatorRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "Saved.")
                return HttpResponseRedirect(reverse("admin:samples_creator", args=[creator.pk]))
        return self.render_to_response(self.get_context_data(form=form))


PAGES = (
    Page("samples_creator_add", "Add a creator", "samples/creators/add/", CreatorFormPage, LOOK),
    Page(
        "samples_creator_edit",
        "Change a creator",
        "samples/creators/<int:creator_id>/edit/",
        CreatorFormPage,
        LOOK,
    ),
)
for page in PAGES:
    register(page)
