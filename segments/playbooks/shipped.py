"""The playbooks that come with Strata: those of source 002, and one for every segment beside them.

A subject is `stage:KEY`, `band:KEY`, `pql:KEY` or `rfm:KEY`; see segments.models.Playbook.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    """How to speak with the customers of one segment, stage or band."""

    tone: str
    focus: str
    urgency: str  # low, medium, high
    channels: tuple[str, ...]
    cadence: str
    content: tuple[str, ...]  # the most important first


LOW, MEDIUM, HIGH = "low", "medium", "high"
APP_FIRST, MAIL_FIRST, MAIL = ("in-app", "email"), ("email", "in-app"), ("email",)
EVERYWHERE = ("email", "in-app", "push")

_NEW_SIGNUP = Shipped(
    "Welcoming, guiding", "Quick wins, first steps", LOW, APP_FIRST,
    "Daily in the first week",
    ("Onboarding checklist", "Welcome e-mail", "Nudge to the first action"),
)  # fmt: skip
_POWER = Shipped(
    "As a peer, advanced", "Efficiency, power features", LOW, APP_FIRST, "Weekly",
    ("Advanced tips", "Beta features", "Referral programme", "Invitation to a case study"),
)  # fmt: skip
_CASUAL = Shipped(
    "Encouraging, teaching", "What it is worth, features not used yet", MEDIUM, MAIL_FIRST,
    "Every two weeks", ("Feature highlight", "Success story", "Recap of their use"),
)  # fmt: skip
_TRIAL = Shipped(
    "Helpful, about value", "What they achieved, what they would lose", HIGH, EVERYWHERE, "Daily",
    ("Recap of the trial", "Benefits of upgrading", "What others say", "Limited offer"),
)  # fmt: skip
_AT_RISK = Shipped(
    "Concerned, helpful", "A reminder of the value, support", HIGH, MAIL_FIRST, "When it happens",
    ("Check-in message", "Offer of support", "Reminder of a feature", "Request for feedback"),
)  # fmt: skip
_WIN_BACK = Shipped(
    "Honest, without reproach", "What is new, what they miss", MEDIUM, MAIL,
    "Three letters in six weeks, then rest",
    ("What has changed since", "Offer to come back", "One question: why did you leave?"),
)  # fmt: skip
_LOYAL = Shipped(
    "Grateful, personal", "More of what they like, early access", LOW, MAIL, "Every two weeks",
    ("Rewards they can use", "Recommendations", "Request for a review", "Early access"),
)  # fmt: skip
_WELCOME = Shipped(
    "Welcoming", "The second purchase", MEDIUM, MAIL, "Three letters in the first month",
    ("Welcome and what to expect", "How to get the most out of it", "What goes with it"),
)  # fmt: skip
_REST = Shipped(
    "Light", "Cheap attempts only", LOW, MAIL, "Once a quarter",
    ("Announcement of something new", "Preference centre", "Good-bye, unless they answer"),
)  # fmt: skip
_NURTURE = Shipped(
    "Friendly, useful", "A reason to buy again", MEDIUM, MAIL, "Every two weeks",
    ("Recommendations", "Bundle or free delivery", "Membership"),
)  # fmt: skip

SHIPPED: dict[str, Shipped] = {
    "stage:new_signup": _NEW_SIGNUP,
    "stage:onboarding": _NEW_SIGNUP,
    "stage:activated": _CASUAL,
    "stage:engaged": _LOYAL,
    "stage:power_user": _POWER,
    "stage:trial": _TRIAL,
    "stage:paying": _LOYAL,
    "stage:declining": _AT_RISK,
    "stage:churned": _WIN_BACK,
    "stage:other": _REST,
    "stage:prospect": _NURTURE,
    "stage:new": _WELCOME,
    "stage:active": _LOYAL,
    "stage:at_risk": _AT_RISK,
    "stage:lapsed": _WIN_BACK,
    "band:champion": _POWER,
    "band:engaged": _LOYAL,
    "band:casual": _CASUAL,
    "band:at_risk": _AT_RISK,
    "band:churning": _WIN_BACK,
    "pql:qualified": Shipped(
        "Helpful, about value", "The plan that fits, a person to talk to", HIGH, EVERYWHERE,
        "Within a day", ("A call or a demo", "Benefits of upgrading", "What others say"),
    ),
    "rfm:champions": Shipped(
        "Grateful, exclusive", "Recognition, advocacy", LOW, MAIL, "Monthly",
        ("Preview of what is new", "Request for a testimonial", "Referral bonus"),
    ),
    "rfm:loyal": _LOYAL,
    "rfm:potential": _NURTURE,
    "rfm:new": _WELCOME,
    "rfm:promising": _NURTURE,
    "rfm:need_attention": _CASUAL,
    "rfm:about_to_sleep": _CASUAL,
    "rfm:at_risk": _AT_RISK,
    "rfm:cant_lose": Shipped(
        "Personal, from somebody in charge", "Why they went, what would bring them back", HIGH,
        ("phone", "email"), "When it happens",
        ("A call", "A generous offer", "Short survey"),
    ),
    "rfm:hibernating": _WIN_BACK,
    "rfm:lost": _REST,
}  # fmt: skip
