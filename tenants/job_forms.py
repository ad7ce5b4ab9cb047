"""The form with which a merchant says how often a job runs, and the words for it."""

from typing import Any

from django import forms

from tenants.models import TenantJob

Cadence = TenantJob.Cadence
WEEKDAYS = [
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
    (7, "Sunday"),
]
# Fewer minutes than five would be a queue of its own.
BOUNDS = {Cadence.MINUTES: (5, 720), Cadence.HOURS: (1, 168)}
AT_A_TIME = (Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY)


class CadenceForm(forms.Form):
    """How often, and when. Boxes the chosen cadence does not need are not read."""

    cadence = forms.ChoiceField(
        label="How often",
        choices=Cadence.choices,
        widget=forms.Select(attrs={"x-model": "cadence"}),
    )
    every = forms.IntegerField(label="Number of minutes or hours", required=False, min_value=1)
    at = forms.TimeField(
        label="At",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Your local time.",
    )
    weekday = forms.TypedChoiceField(label="Day", choices=WEEKDAYS, coerce=int, required=False)
    monthday = forms.IntegerField(
        label="Day of the month",
        required=False,
        min_value=1,
        max_value=28,
        help_text="1 to 28, so that every month has it.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the boxes that the cadence needs."""
        data = super().clean() or {}
        cadence = data.get("cadence")
        if cadence in BOUNDS and "every" not in self.errors:
            low, high = BOUNDS[Cadence(cadence)]
            if not low <= (data.get("every") or 0) <= high:
                self.add_error("every", f"Give a number from {low} to {high}.")
        needed = {"at": cadence in AT_A_TIME, "monthday": cadence == Cadence.MONTHLY}
        for name, is_needed in needed.items():
            if is_needed and data.get(name) is None and name not in self.errors:
                self.add_error(name, "This is needed for the cadence you chose.")
        return data

    def schedule(self) -> dict[str, Any]:
        """Return what `schedule.set_cadence` takes."""
        data = self.cleaned_data
        is_weekly = data["cadence"] == Cadence.WEEKLY
        day = data.get("weekday") if is_weekly else data.get("monthday")
        return {
            "cadence": data["cadence"],
            "every": data.get("every") or 1,
            "at": data["at"],
            "day": day or 1,
        }


def initial_of(row: TenantJob) -> dict[str, Any]:
    """Return what the form shows of `row`."""
    return {
        "cadence": row.cadence,
        "every": row.every,
        "at": row.at,
        "weekday": min(row.day, 7),
        "monthday": min(row.day, 28),
    }


def in_words(row: TenantJob) -> str:
    """Return the cadence as a sentence's part: “Every Monday at 03:00”."""
    at = f" at {row.at:%H:%M}" if row.at else ""
    unit = "minute" if row.cadence == Cadence.MINUTES else "hour"
    return {
        Cadence.OFF: "Off",
        Cadence.ON_DEMAND: "Only when asked",
        Cadence.MINUTES: f"Every {unit}" if row.every == 1 else f"Every {row.every} {unit}s",
        Cadence.HOURS: f"Every {unit}" if row.every == 1 else f"Every {row.every} {unit}s",
        Cadence.DAILY: f"Every day{at}",
        Cadence.WEEKLY: f"Every {dict(WEEKDAYS).get(row.day, 'week')}{at}",
        Cadence.MONTHLY: f"On day {row.day} of the month{at}",
    }[Cadence(row.cadence)]
