"""Addresses in front of a merchant's admin, open to whoever holds a link."""

from django.urls import path

from tenants.access import doors

urlpatterns = [
    path("invitation/<str:token>/", doors.accept_invitation, name="accept_invitation"),
    # unfold's sign-in page looks for this name
    path("password/reset/", doors.Forgotten.as_view(), name="admin_password_reset"),
    path("password/reset/sent/", doors.reset_sent, name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        doors.NewPassword.as_view(),
        name="password_reset_confirm",
    ),
]
