"""What a page may call a customer: by name for those who may, by number for the rest."""

from django.http import HttpRequest

from commerce.models import Customer


def sees_contact(request: HttpRequest) -> bool:
    """Say whether the person at the screen may see names, e-mail addresses and phone numbers."""
    return request.user.has_perm("commerce.view_contact_details")


def shown_name(customer: Customer, *, sees: bool) -> str:
    """Return what to call `customer` on a page."""
    if sees and customer.erased_at is None:
        return customer.full_name or customer.email or str(customer)
    return str(customer)


def page_title(customer: Customer, *, sees: bool) -> str:
    """Return the head of a customer's page; the theme would begin a bare address with a capital."""
    name = shown_name(customer, sees=sees)
    return f"Customer {name}" if name == customer.email else name


def place(customer: Customer) -> str:
    """Return town and country, as far as they are known."""
    return ", ".join(part for part in (customer.city, customer.country) if part)
