"""Custom attributes: which there are, of what kind, where they are used."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from commerce import attribute_kinds
from commerce.models import AttributeDefinition
from commerce.patience import TooSlowError
from commerce.usages import uses_of


class AttributeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A definition; a new kind is refused while values would be lost, unless that is agreed."""

    accepts_loss = forms.BooleanField(
        required=False,
        label="Change the kind although some values do not read as the new one",
        help_text="Those values stay stored, but count as missing.",
    )

    class Meta:
        model = AttributeDefinition
        fields = ("key", "label", "kind", "is_sensitive")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk and "kind" in self.changed_data and "kind" in cleaned:
            self._look_at_values(cleaned)
        return cleaned

    def _look_at_values(self, cleaned: dict[str, Any]) -> None:
        try:
            change = attribute_kinds.preview(key=self.instance.key, kind=cleaned["kind"])
        except TooSlowError:
            self.add_error("kind", "The values could not be looked at in time. Try again later.")
            return
        if not change.is_complete:
            self.add_error("kind", "There are too many different values to change their kind.")
        elif change.lost and not cleaned.get("accepts_loss"):
            examples = ", ".join(f"“{text}”" for text in change.examples)
            self.add_error(
                "kind",
                f"{change.lost:,} of {change.values:,} values do not read as this kind, for"
                f" example {examples}. Correct them in the source, or tick the box below.",
            )


@admin.register(AttributeDefinition)
class AttributeAdmin(ModelAdmin):
    """The list and the form; an attribute that something uses cannot be deleted."""

    form = AttributeForm
    list_display = ("label", "rule_name", "kind", "sensitive", "used_in")
    search_fields = ("key", "label")
    list_per_page = 50

    @admin.display(description="In rules")
    def rule_name(self, definition: AttributeDefinition) -> str:
        return f"attr.{definition.key}"

    @admin.display(description="Sensitive")
    def sensitive(self, definition: AttributeDefinition) -> str:
        return "Sensitive" if definition.is_sensitive else "—"

    @admin.display(description="Used in")
    def used_in(self, definition: AttributeDefinition) -> SafeString | str:
        uses = uses_of(definition.key)
        links = ((address, name) for _, name, address in uses)
        return format_html_join(", ", '<a href="{}">{}</a>', links) if uses else "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key", "used_in") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = ("key", "label", "kind", "is_sensitive")
        if obj is None:
            return fields
        # The question is put only when somebody has asked for another kind.
        agrees = ("accepts_loss",) if request.method == "POST" else ()
        return (*fields, *agrees, "used_in")

    def save_model(
        self, request: HttpRequest, obj: AttributeDefinition, form: Any, change: bool
    ) -> None:
        attribute_kinds.save(obj, has_new_kind=change and "kind" in form.changed_data)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        definition = self.get_object(request, object_id)
        uses = uses_of(definition.key) if definition else []
        if uses:
            names = ", ".join(name for _, name, _ in uses)
            messages.error(request, f"“{definition}” is used in {names}. Take it out there first.")
            address = reverse("admin:commerce_attributedefinition_change", args=[object_id])
            return HttpResponseRedirect(address)
        return super().delete_view(request, object_id, extra_context)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Deleting many at once would pass by the question where they are used.
        return {}

    def get_deleted_objects(self, objs: QuerySet[Any], request: HttpRequest) -> Any:
        found = super().get_deleted_objects(objs, request)
        note = format_html("Customers keep their values; rules no longer see them.")
        return ([*found[0], note], *found[1:])
