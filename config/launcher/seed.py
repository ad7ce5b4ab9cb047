"""`python -m config.launcher.seed FILE`: tables, the platform, the demo; the logins go to FILE.

It waits for the database, which starts while this loads its modules.
"""

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from psycopg import OperationalError, connect  # noqa: E402

from integrations.demo.shopify import connect_demo  # noqa: E402

PATIENCE = 90  # seconds: after a crash PostgreSQL first replays what it had
PASSWORD = "strata-demo"  # noqa: S105 - known to everybody; seed_demo refuses production


def main(file: Path) -> None:
    """Make what is missing; a database that has it all is only looked at."""
    _wait_for_database()
    call_command("upgrade")
    platform = _make_staff()
    said = io.StringIO()
    call_command("seed_demo", "--json", stdout=said)
    if trouble := connect_demo(at=timezone.now()):
        print(f"The demo merchant has no Shopify store: {trouble}")
    file.write_text(json.dumps([*json.loads(said.getvalue()), platform]))


def _wait_for_database() -> None:
    told = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    where: dict[str, Any] = {key: told[name] or None for key, name in names.items()}
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connect(**where, dbname=told["NAME"], connect_timeout=5).close()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _make_staff() -> dict[str, str]:
    """Make the platform's superuser; return that login."""
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", f"admin@{settings.BASE_DOMAIN}", PASSWORD)
    what = {"what": "the platform's own admin", "host": settings.BASE_DOMAIN, "role": "staff"}
    return what | {"user": "admin", "password": PASSWORD}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
