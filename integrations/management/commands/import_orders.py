"""`import_orders FILE --tenant SLUG`."""

from integrations.csv.command import ImportCommand
from integrations.csv.fields import Kind


class Command(ImportCommand):
    help = "Import orders from a CSV file."
    kind = Kind.ORDERS
