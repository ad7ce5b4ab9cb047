"""`seed_demo [--only SLUG …] [--password PASSWORD] [--fresh] [--json]`: the demo merchants."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.demo.merchants import MERCHANTS
from integrations.demo.seeding import COUNT, NotOurs, seed
from tenants.commands import format_table, wrong_use

PASSWORD = "strata-demo"  # noqa: S105 - known to everybody; the command refuses production


class Command(BaseCommand):
    help = "Make the demo merchants that are missing; dates are relative to the day they are made."

    def add_arguments(self, parser: CommandParser) -> None:
        slugs = [merchant.key for merchant in MERCHANTS]
        parser.add_argument("--only", nargs="+", choices=slugs, default=slugs, metavar="SLUG")
        parser.add_argument("--password", default=PASSWORD, help="of everybody in the demo")
        parser.add_argument("--customers", type=int, default=COUNT, help="of each merchant")
        parser.add_argument("--fresh", action="store_true", help="make them anew, as of today")
        parser.add_argument("--json", action="store_true", help="print the logins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has passwords everybody knows: not in production.")
        if options["customers"] < 1:
            raise wrong_use("--customers takes a number from 1.")
        try:
            logins = seed(
                options["only"],
                password=options["password"],
                count=options["customers"],
                fresh=options["fresh"],
            )
        except NotOurs as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(logins, indent=2))
            return
        columns = ("merchant", "host", "role", "user", "password")
        rows = [
            [login[key] for key in ("what", "host", "role", "user", "password")] for login in logins
        ]
        self.stdout.write(format_table(columns, rows))
