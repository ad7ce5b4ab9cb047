"""What no template may do, read from their sources."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
# Numbers are shown as 1,234: in an address, a selector or a form's value that is another word.
TEXTS = r"(?!field\.|[a-z_.]*(?:external|auto|request|account)_id)"  # ids that are no numbers
RAW_ID = re.compile(rf"\{{\{{ *{TEXTS}[a-z_.]*(?:\bpk|_id|\.id) *\}}\}}")


def test_no_id_is_written_with_a_comma():
    found = {
        str(path.relative_to(TEMPLATES)): raw
        for path in TEMPLATES.rglob("*.html")
        if (raw := RAW_ID.findall(path.read_text()))
    }

    assert found == {}
