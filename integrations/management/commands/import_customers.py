"""`import_customers FILE --tenant SLUG`."""

from integrations.csv.command import ImportCommand
from integrations.csv.fields import Kind


class Command(ImportCommand):
    help = "Import customers from a CSV file."
    kind = Kind.CUSTOMERS
