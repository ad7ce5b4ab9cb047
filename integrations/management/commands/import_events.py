"""`import_events FILE --tenant SLUG`."""

from integrations.csv.command import ImportCommand
from integrations.csv.fields import Kind


class Command(ImportCommand):
    help = "Import events from a CSV file."
    kind = Kind.EVENTS
