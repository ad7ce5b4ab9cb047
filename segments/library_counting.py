"""What every ready-made segment would find here, counted at night."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from segments.audience import StoreScope, clock_at, population
from segments.catalogue import StoreCatalogue
from segments.library import COUNT, made, missing_for, read, told
from segments.library_guesses import feature_guess, healthy_guess
from segments.models import Library
from segments.presets import PRESETS, families
from segments.rules.compile import compile_rule
from tenants import jobs
from tenants.progress import Progress, Silence


def count_library(*, at: datetime, progress: Progress | None = None) -> Library:
    """Count what every preset finds, each family in one scan; guess what was not told."""
    progress, library = progress or Silence(), Library.current()
    library.healthy_categories = library.healthy_categories or healthy_guess()
    library.core_feature = library.core_feature or feature_guess()
    known, catalogue, scope = told(library, made()), StoreCatalogue(), StoreScope(clock_at(at))
    counts: dict[str, int] = {}
    for place, family in enumerate(families()):
        progress.report(place, len(families()), family.label)
        rules = [
            (preset.key, preset.rules(known))
            for preset in PRESETS
            if preset.family == family.key and not missing_for(preset, known, catalogue)
        ]
        trees = [(key, read(rule, catalogue)) for key, rule in rules if rule is not None]
        filters: dict[str, Any] = {
            key: Count("pk", filter=compile_rule(tree, catalogue, scope))
            for key, tree in trees
            if tree is not None
        }
        counts |= population().aggregate(**filters) if filters else {}
    library.counts, library.base = counts, population().count()
    library.counted_at = at
    library.save()
    return library


def count_soon(library: Library, *, older_than_hours: int = 48) -> Any:
    """Queue a count where there is none or an old one; return the run that counts, or None."""
    live = jobs.live(COUNT)
    if live is not None:
        return live
    age = timezone.now() - library.counted_at if library.counted_at else None
    if age is None or age.total_seconds() > older_than_hours * 3_600:
        return jobs.start(COUNT)
    return None
