"""`create_tenant SLUG --name NAME --timezone ZONE --currency CODE [--owner EMAIL]`."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.commands import StreamProgress, wrong_use
from tenants.models import Tenant
from tenants.provisioning import base_host, create_merchant


class Command(BaseCommand):
    help = "Make a merchant: its schema, its host, its schedules and its first owner's invitation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="schema, sub-domain and --tenant at once, e.g. greenshop")
        parser.add_argument("--name", required=True, help="what the merchant is called")
        parser.add_argument("--timezone", default="UTC", help="e.g. Europe/London")
        parser.add_argument("--currency", default="USD", help="e.g. GBP")
        parser.add_argument(
            "--industry", choices=Tenant.Industry.values, default=Tenant.Industry.ECOMMERCE
        )
        parser.add_argument("--owner", metavar="EMAIL", default="", help="whom to invite")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = StreamProgress(sys.stderr)
        try:
            tenant, handover = create_merchant(
                slug=options["slug"],
                name=options["name"],
                timezone=options["timezone"],
                currency=options["currency"],
                industry=options["industry"],
                owner_email=options["owner"],
                progress=progress,
            )
        except ValidationError as error:
            raise wrong_use(" ".join(error.messages)) from error
        except Exception as error:
            raise CommandError(f"The set-up stopped: {error}") from error
        finally:
            progress.close()
        self.stdout.write(f"{tenant.name} is ready on {base_host(tenant.schema_name)}.")
        for key, value in handover.items():
            self.stdout.write(f"{key}: {value}")
