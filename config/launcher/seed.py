"""`python -m config.launcher.seed FILE`: tables, the platform, the demo; the logins go to FILE."""

import io
import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from integrations.demo.shopify import connect_demo  # noqa: E402

PASSWORD = "strata-demo"  # noqa: S105 - known to everybody; seed_demo refuses production


def main(file: Path) -> None:
    """Make what is missing; a database that has it all is only looked at."""
    call_command("upgrade")
    platform = _make_staff()
    said = io.StringIO()
    call_command("seed_demo", "--json", stdout=said)
    if trouble := connect_demo(at=timezone.now()):
        print(f"The demo merchant has no Shopify store: {trouble}")
    file.write_text(json.dumps([*json.loads(said.getvalue()), platform]))


def _make_staff() -> dict[str, str]:
    """Make the platform's superuser; return that login."""
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", f"admin@{settings.BASE_DOMAIN}", PASSWORD)
    what = {"what": "the platform's own admin", "host": settings.BASE_DOMAIN, "role": "staff"}
    return what | {"user": "admin", "password": PASSWORD}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
