"""`sandbox_shopify [--port PORT] [--customers N]`: a Shopify of our own on this machine."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.sandbox.shopify.__main__ import add_arguments, serve


class Command(BaseCommand):
    help = "Serve a sandbox Shopify on 127.0.0.1 until it is ended; see docs/sandbox.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sandbox Shopify on http://127.0.0.1:{options['port']}")
        serve(argparse.Namespace(**options))
