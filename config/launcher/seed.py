"""`python -m config.launcher.seed`: tables, the platform's own row and staff, the merchants."""

import django
from django.conf import settings
from django.core.management import call_command, get_commands

from config.launcher.demo import PASSWORD


def main() -> None:
    """Make what is missing; a database that has it all is only looked at."""
    django.setup()
    if settings.PRODUCTION:
        raise SystemExit("the demo is not for production")
    known = get_commands()
    if "upgrade" in known:
        call_command("upgrade")
    else:
        call_command("migrate_schemas", verbosity=0)
    _make_platform()
    if "seed_demo" in known:
        call_command("seed_demo")


def _make_platform() -> None:
    """Make the platform's own row, its bare domain and its superuser."""
    from django.contrib.auth.models import User

    from tenants.models import Domain, Tenant

    platform, _ = Tenant.objects.get_or_create(
        schema_name="public", defaults={"name": "Platform", "state": Tenant.State.READY}
    )
    Domain.objects.get_or_create(domain=settings.BASE_DOMAIN, defaults={"tenant": platform})
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", "admin@strata.example", PASSWORD)


if __name__ == "__main__":
    main()
