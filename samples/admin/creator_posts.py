"""The posts of all creators, and the form that records one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce.admin.contact import sees_contact
from commerce.admin.keyset import Sort, page_of
from commerce.admin.page import today
from samples.admin.creator_fields import CreatorField, DayField, SampleField, known_creators
from samples.admin.creator_frame import (
    LOOK,
    CreatorPageView,
    back,
    creator_name,
    found,
    number,
)  # fmt: skip
from samples.creators import posts
from samples.creators.handles import platform_of
from samples.models import Creator, Platform, Post, SampleOrder
from tenants.pages import Page, register

PAGE_SIZE = 50
NEWEST = Sort("new", "Newest", "posted_on", "id")


class PostForm(forms.ModelForm):  # type: ignore[type-arg]
    """One post. The platform is read from the link where it can be."""

    link = forms.CharField(
        max_length=600, label="Link", help_text="Begins with https://",
        error_messages={"unique": "A post with this address was recorded already."},
    )  # fmt: skip
    creator = CreatorField(required=False)
    sample = SampleField(required=False, help_text="The sample it shows, if it shows one.")
    platform = forms.ChoiceField(
        required=False, choices=[("", "As the link says"), *Platform.choices], label="Platform"
    )
    posted_on = DayField(label="Posted on")
    reach = forms.IntegerField(
        required=False, min_value=0, max_value=2**62, label="Reach",
        help_text="Views or people reached, as the creator or the platform reports them.",
    )  # fmt: skip
    fee = forms.DecimalField(
        required=False, min_value=0, max_digits=12, decimal_places=2, label="Fee",
        help_text="What was paid for it, besides the sample.",
    )  # fmt: skip

    class Meta:
        model = Post
        fields = ("link", "creator", "platform", "posted_on", "reach", "fee", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["link", "creator", "sample", "platform", "posted_on"])

    def clean_link(self) -> str:
        try:
            return posts.checked_link(self.cleaned_data["link"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_fee(self) -> Any:
        return self.cleaned_data["fee"] or 0

    def clean_posted_on(self) -> Any:
        day = self.cleaned_data["posted_on"]
        if day > today():
            raise forms.ValidationError("This day is still to come.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sample = cleaned.get("sample")
        if not cleaned.get("creator") and sample is not None:
            cleaned["creator"] = sample.creator
        if not cleaned.get("creator") and sample is None and "creator" not in self.errors:
            self.add_error("creator", "Say whose post it is, or which sample it shows.")
        cleaned["platform"] = cleaned.get("platform") or platform_of(cleaned.get("link", ""))
        return cleaned


class PostsPage(CreatorPageView):
    """Posts, newest first."""

    template_name = "samples/posts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Post.objects.select_related("creator", "order")
        platform = self.request.GET.get("platform", "")
        if platform in Platform.values:
            rows = rows.filter(platform=platform)
        cursor, sees = self.request.GET.get("page", ""), sees_contact(self.request)
        page = page_of(rows, sort=NEWEST, cursor=cursor, size=PAGE_SIZE)
        return super().get_context_data(
            rows_page=page,
            posts=[_named(post, sees=sees) for post in page.rows],
            platforms=Platform.choices,
            platform=platform,
            **kwargs,
        )


def _named(post: Post, *, sees: bool) -> Post:
    """Return the post with what its table calls the creator."""
    post.shown_creator = creator_name(post.creator, sees=sees)  # type: ignore[attr-defined]
    return post


class PostFormPage(CreatorPageView):
    """One form for a new post and for one that is there."""

    template_name = "samples/work_form.html"
    writes = True

    def get_title(self) -> str:
        return "Change a post" if "post_id" in self.kwargs else "Record a post"

    def _form(self, data: Any = None) -> PostForm:
        pk = self.kwargs.get("post_id")
        post = found(Post, pk) if pk else Post()
        asked = self.request.GET
        sample = post.order_id or number(asked.get("sample"))
        creator = post.creator_id or number(asked.get("creator"))
        shown = SampleOrder.objects.filter(pk=sample).select_related("order", "creator").first()
        whose = Creator.objects.filter(pk=creator).first() or (shown.creator if shown else None)
        initial = {"sample": shown, "creator": whose, "posted_on": post.posted_on or today()}
        return PostForm(data, instance=post, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "known": known_creators(),
            "cancel": reverse("admin:samples_posts"),
            "back": self.request.GET.get("back", ""),
        }
        if "post_id" in self.kwargs:
            shown["remove"] = "Delete this post with its reach and fee"
        if "form" not in kwargs:
            shown["form"] = self._form()
        return super().get_context_data(**shown | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "post_id" in kwargs and request.POST.get("step") == "remove":
            posts.remove(found(Post, kwargs["post_id"]), by=request.user, at=timezone.now())
            messages.success(request, "The post was deleted.")
            return HttpResponseRedirect(reverse("admin:samples_posts"))
        form = self._form(request.POST)
        if form.is_valid():
            post = form.save(commit=False)
            sample = form.cleaned_data["sample"]
            post.order_id = sample.pk if sample else None
            try:
                posts.save(post, by=request.user, at=timezone.now())
            except posts.PostRefused as refusal:
                form.add_error("link", str(refusal))
            else:
                messages.success(request, "The post was recorded.")
                return back(request, otherwise="samples_posts")
        return self.render_to_response(self.get_context_data(form=form))


PAGES = (
    Page("samples_posts", "Posts", "samples/posts/", PostsPage, LOOK),
    Page("samples_post_add", "Record a post", "samples/posts/add/", PostFormPage, LOOK),
    Page("samples_post", "Post", "samples/posts/<int:post_id>/", PostFormPage, LOOK),
)
for page in PAGES:
    register(page)
