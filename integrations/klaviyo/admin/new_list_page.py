"""Choosing a segment and a list: the step before the look at what that would do."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from integrations.klaviyo import links
from integrations.klaviyo.admin.account_page import CHANGE
from integrations.klaviyo.admin.forms import ListForm
from tenants.pages import Page, PageView, register


class NewListPage(PageView):
    """The form. Without a connected account it says how to connect one."""

    template_name = "integrations/klaviyo/new_list.html"
    parent = "klaviyo"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"trouble": ""}
        if "form" not in kwargs:
            try:
                lists = links.lists_there()
            except ValidationError as error:
                context["trouble"], lists = " ".join(error.messages), []
            first = {"segment": self.request.GET.get("segment", "")}
            context["form"] = ListForm(lists=lists, initial=first)
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice and begin to look at what it would do."""
        try:
            form = ListForm(request.POST, lists=links.lists_there())
        except ValidationError as error:
            words = " ".join(error.messages)
            form = ListForm(lists=[])
            context = self.get_context_data(form=form, trouble=words)
            return self.render_to_response(context, status=422)
        if form.is_valid():
            told = form.cleaned_data
            try:
                link = links.make_link(
                    form.chosen_segment,
                    list_id=told["list"],
                    new_list=told["new_list"],
                    direction=told["direction"],
                    policy=told["policy"],
                    subscribed_only=told["subscribed_only"],
                    by=request.user,
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("admin:klaviyo_list", link.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


register(
    Page(
        "klaviyo_list_new",
        "Keep a list in step",
        "integrations/klaviyo/lists/new/",
        NewListPage,
        CHANGE,
    )
)
