"""How long uploaded files and the rows that were not taken are kept."""

from datetime import datetime

from integrations.csv.files import path_of
from integrations.csv.services import discard
from integrations.models import ImportFile, RejectedRow
from tenants import retention

MONTH = 30  # days: long enough to ask what was wrong with a file


def _delete_uploads(before: datetime) -> int:
    """Delete uploaded files; of one that was imported the record stays, without its rows."""
    files = ImportFile.objects.filter(is_upload=True, created_at__lt=before)
    unfinished = files.exclude(state__in=[ImportFile.State.DONE, ImportFile.State.RUNNING])
    count = 0
    for file in unfinished.iterator():
        discard(file)
        count += 1
    for file in files.filter(state=ImportFile.State.DONE).iterator():
        path = path_of(file)
        count += path.exists()
        path.unlink(missing_ok=True)
    return count


def _delete_rejected(before: datetime) -> int:
    return retention.delete_rows(RejectedRow.objects.filter(file__created_at__lt=before))


retention.register(
    retention.Kept(
        key="uploads",
        label="Uploaded files",
        days=MONTH,
        least=1,
        help="They name your customers. What was imported stays.",
        delete=_delete_uploads,
    )
)
retention.register(
    retention.Kept(
        key="rejected_rows",
        label="Rows that were not taken",
        days=MONTH,
        least=1,
        help="The lists beside each import.",
        delete=_delete_rejected,
    )
)
