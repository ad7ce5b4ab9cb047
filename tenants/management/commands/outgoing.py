"""`outgoing pause|resume|show --tenant SLUG | --installation`: on after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.commands import wrong_use
from tenants.effect_targets import PUBLIC, pause_outgoing, resume_outgoing
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Let webhooks and mails of triggers wait, or go out again. Nothing is lost meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["pause", "resume", "show"])
        parser.add_argument("--tenant", metavar="SLUG", help="of one merchant")
        parser.add_argument("--installation", action="store_true", help="of all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = PUBLIC if options["installation"] else options["tenant"]
        if bool(options["tenant"]) == options["installation"]:
            raise wrong_use("Say of whom: --tenant SLUG or --installation.")
        with schema_context(PUBLIC):
            tenant = Tenant.objects.filter(schema_name=slug).first()
        if tenant is None:
            raise wrong_use(f"There is no merchant “{slug}”.")
        if options["what"] == "pause":
            pause_outgoing(slug, at=timezone.now())
        elif options["what"] == "resume":
            resume_outgoing(slug)
        with schema_context(PUBLIC):
            tenant.refresh_from_db()
        since = tenant.outgoing_paused_at
        who = "the installation" if slug == PUBLIC else slug
        words = f"paused since {since:%Y-%m-%d %H:%M} UTC" if since else "not paused"
        self.stdout.write(f"What goes out of {who} is {words}.")
