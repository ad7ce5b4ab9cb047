"""`upgrade [--tenant SLUG] [--processes N]`: bring every schema to this version."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.commands import wrong_use
from tenants.upgrade import behind, upgrade_platform, upgrade_tenants


class Command(BaseCommand):
    help = "Migrate the platform's tables, then the merchants' side by side. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="only this merchant")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["processes"] < 1:
            raise wrong_use("--processes is at least 1.")
        if upgrade_platform():
            self.stdout.write("The platform's tables are in step.")
        slugs = behind()
        if slug := options["tenant"]:
            slugs = [name for name in slugs if name == slug]
        failed = 0
        for slug, why in upgrade_tenants(slugs, processes=options["processes"]):
            self.stdout.write(f"{slug}: {why or 'in step'}")
            failed += bool(why)
        if failed:
            raise CommandError(f"{failed} of {len(slugs)} merchants could not be upgraded.")
