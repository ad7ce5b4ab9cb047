"""The platform's other lists: runs with replay, its own people, beat's entries."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from tenants import jobs
from tenants.jobs import REGISTRY
from tenants.models import Run

COLORS = {
    "Done": "success",
    "Running": "info",
    "Waiting": "info",
    "Cancelled": "warning",
    "Failed": "danger",
    Run.State.QUARANTINED.label: "danger",
}


class ReadOnlyAdmin(ModelAdmin):
    """A list to look at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RunAdmin(ReadOnlyAdmin):
    """Every merchant's runs; what was stopped can be replayed."""

    list_display = ("shown_job", "tenant", "shown_state", "attempt", "created_at", "finished_at")
    list_filter = ("state", "job")
    search_fields = ("tenant__schema_name", "job")
    list_select_related = ("tenant",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("replay", "cancel")
    readonly_fields = tuple(field.name for field in Run._meta.fields)

    @display(description="Job", ordering="job")
    def shown_job(self, run: Run) -> str:
        job = REGISTRY.get(run.job)
        return job.label if job else run.job

    @display(description="State", label=COLORS, ordering="state")
    def shown_state(self, run: Run) -> str:
        return run.get_state_display()

    @action(description="Replay what was stopped", permissions=["operate"])
    def replay(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        known = [run for run in runs.select_related("tenant") if run.job in REGISTRY]
        count = sum(jobs.replay(run) for run in known)
        messages.success(request, f"{count} runs wait for a worker again.")

    @action(description="Cancel", permissions=["operate"])
    def cancel(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        live = [run for run in runs if run.is_live]
        for run in live:
            jobs.cancel(run)
        messages.success(request, f"{len(live)} runs have been asked to stop.")

    def has_operate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Return whether the person may replay and cancel."""
        return request.user.has_perm("tenants.change_run")


class PlatformUserAdmin(UserAdmin, ModelAdmin):
    """The platform's own people; merchants' teams are in their own admin."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


class PeriodicTaskAdmin(ReadOnlyAdmin):
    """What beat rings: one entry, the dispatcher's. Schedules are each merchant's own."""

    list_display = ("name", "task", "enabled", "last_run_at", "total_run_count")
