"""The forms of a merchant's doors: signing in, inviting, accepting, one's own profile."""

from typing import Any

from unfold.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail address and password; the case of the address does not matter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().casefold()
