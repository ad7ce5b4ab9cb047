"""The project's settings with one address more: an empty view, as the peer of the real ones."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.promo_urls"
