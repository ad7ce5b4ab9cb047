"""What no template may do, read from their sources."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
# Numbers are shown as 1,234: in an address, a selector or a form's value that is another word.
RAW_ID = re.compile(r'="[^"]*\{\{ *(?!field\.)[a-z_.]*(?:\bpk|_id|\.id) *\}\}[^"]*"')


def test_no_id_is_written_with_a_comma_into_an_attribute():
    found = {
        str(path.relative_to(TEMPLATES)): raw
        for path in TEMPLATES.rglob("*.html")
        if (raw := RAW_ID.findall(path.read_text()))
    }

    assert found == {}
