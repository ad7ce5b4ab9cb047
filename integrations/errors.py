"""The three ways in which a platform does not do what was asked; clients raise nothing else.

Only `integrations.sync` reads them. Words are for the merchant, and hold no token or record.
"""


class PlatformError(Exception):
    """What the three have in common: words."""

    @property
    def words(self) -> str:
        return str(self)


class TryLater(PlatformError):  # noqa: N818 - the word says what to do
    """Nothing is wrong that time does not mend: limits, outages, an answer cut off.

    `seconds`: how long the platform wants to be left alone; None when it did not say.
    """

    def __init__(self, words: str, *, seconds: float | None = None) -> None:
        super().__init__(words)
        self.seconds = seconds


class ReconnectNeeded(PlatformError):  # noqa: N818 - a state
    """The platform does not let us in as we are: only the merchant can change that."""


class Refused(PlatformError):  # noqa: N818 - a state
    """The platform will not do this, now or later; asking again is of no use."""
