"""Where imported files lie, and what an uploaded one may be called and weigh."""

import hashlib
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from integrations.models import ImportFile
from tenants.schema import connection


def folder() -> Path:
    """Return the merchant's own folder for imports, made if needed."""
    found: Path = settings.FILES_ROOT / connection.tenant.schema_name / "imports"
    found.mkdir(parents=True, exist_ok=True)
    return found


def path_of(file: ImportFile) -> Path:
    """Return where the file lies: uploads in the merchant's folder, others where they are."""
    return folder() / Path(file.path).name if file.is_upload else Path(file.path)


def is_packed(file: ImportFile) -> bool:
    """Return whether the file is gzip, by its first bytes."""
    with path_of(file).open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown and stored: no folders, no control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip()[:255] or "file.csv"


def keep(upload: UploadedFile) -> tuple[Path, str]:
    """Store an upload under a name of our own; return the path and its SHA-256.

    Raises ValidationError when it is larger than UPLOAD_MAX_BYTES.
    """
    path, digest, size = folder() / f"{uuid.uuid4().hex}.csv", hashlib.sha256(), 0
    try:
        with path.open("xb") as out:
            for block in upload.chunks():
                size += len(block)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise ValidationError(
                        f"The file is larger than {filesizeformat(settings.UPLOAD_MAX_BYTES)}. "
                        "Split it, pack it with gzip, or have it imported by command."
                    )
                digest.update(block)
                out.write(block)
    except ValidationError:
        path.unlink()
        raise
    return path, digest.hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
