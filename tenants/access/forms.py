"""The forms of a merchant's doors: signing in, inviting, accepting, one's own profile."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_text_html
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from tenants.access import mails, roles
from tenants.access.members import login_name


def _new_password(label: str, *, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=help_text,
    )


class SignInForm(AuthenticationForm):
    """E-mail address and password; the case of the address does not matter."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "This e-mail address and password do not fit together. Check both: "
        "the password takes note of capital letters."
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"

    def clean_username(self) -> str:
        return login_name(str(self.cleaned_data["username"]))


class InviteForm(forms.Form):
    """An address and a role."""

    email = forms.EmailField(label="E-mail address", max_length=150)
    role = forms.ChoiceField(label="Role", choices=roles.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = roles.VIEWER.key


class AcceptForm(SetPasswordForm):
    """A new member's name and password."""

    name = forms.CharField(label="Your name", max_length=150, widget=TextInput())
    new_password1 = _new_password("Password", help_text=password_validators_help_text_html())
    new_password2 = _new_password("Password again")
    field_order = ("name", "new_password1", "new_password2")

    def clean_name(self) -> str:
        """Let the password be compared with the name."""
        self.user.first_name = self.cleaned_data["name"]
        return str(self.cleaned_data["name"])


class NewPasswordForm(SetPasswordForm):
    """A new password, after a link in a mail."""

    new_password1 = _new_password("New password", help_text=password_validators_help_text_html())
    new_password2 = _new_password("New password again")


class ForgottenForm(PasswordResetForm):
    """An address to send a link to; the answer is the same whoever asks."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email"}),
    )

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Have a worker send the link: the page answers at once, whoever asks."""
        for user in self.get_users(self.cleaned_data["email"]):
            mails.post_new_password(user)

    def get_users(self, email: str) -> list[User]:
        """Return the active member with that address, one who never set a password included."""
        return list(User.objects.filter(username=login_name(email), is_active=True))


class ProfileForm(forms.ModelForm):
    """What members may say about themselves."""

    class Meta:
        model = User
        fields = ("first_name", "last_name")
