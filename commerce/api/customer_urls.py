"""Addresses of customers below /api/v1/; included last, for an id of a source may hold slashes."""

from django.urls import path

from commerce.api.customers import CustomerList, CustomerOne

urlpatterns = [
    path("customers/", CustomerList.as_view(), name="customers"),
    path("customers/<path:customer>/", CustomerOne.as_view(), name="customer"),
]
