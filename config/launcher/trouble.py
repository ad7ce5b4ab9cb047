"""The one error of the launcher: something the person at the keyboard can mend."""


class Trouble(Exception):  # noqa: N818 - it is shown as one line, not as a traceback
    """What is wrong and what to do, in one line."""
