"""./strata bench: hands over to benchmarks/, with servers that are set as a real one would be."""

from config.launcher.trouble import Trouble


def run(_arguments: list[str]) -> int:
    """Measure the named parts."""
    raise Trouble("there is nothing to measure yet.")
