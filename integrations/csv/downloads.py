"""What can be downloaded from the import pages: rejected rows, and files to begin with."""

from django.http import Http404, HttpRequest, HttpResponseBase

from integrations.csv.mapping import Mapping
from integrations.csv.samples import SAMPLES
from integrations.models import ImportFile
from tenants.tables import csv_response


def find(pk: int) -> ImportFile:
    """Return the merchant's import of that number; raise Http404."""
    file = ImportFile.objects.filter(pk=pk).first() if pk < 2**63 else None
    if file is None:
        raise Http404
    return file


def download_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the rows that were not taken, with line and reason beside the file's own columns."""
    file = find(pk)
    labels = Mapping.from_json(file.mapping).labels
    rows = file.rejected.order_by("line").iterator()
    return csv_response(
        f"rejected-{file.pk}",
        ["line", "reason", *labels],
        ([row.line, row.reason, *row.cells] for row in rows),
    )


def download_sample(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Download a small file as the import likes it."""
    sample = SAMPLES.get(kind)
    if sample is None:
        raise Http404
    header, *rows = sample.rows
    return csv_response(f"sample-{kind}", header, rows)
