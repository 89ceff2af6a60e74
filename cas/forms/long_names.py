"""Names that are longer than their field: the part that does not fit goes to `Other names` with one click."""

from __future__ import annotations

from collections.abc import MutableMapping

from cas.details import fields
from cas.forms.cas import CASForm

NAMES = ("family_name", "given_names")
MOVE = "move-name"
"""The name of the button. Its value is the name of the field."""


def too_long(form: CASForm) -> list[str]:
    """Return the names of the fields on this form whose text is too long."""
    return [name for name in NAMES if len(" ".join(form[name].text.split())) > fields.BY_NAME[name].size]


def move_rest(typed: MutableMapping[str, str], name: str) -> None:
    """Shorten a name in the texts typed, at a space if there is one, and put the rest before the other names."""
    if name not in NAMES:
        return
    text, size = " ".join(typed.get(name, "").split()), fields.BY_NAME[name].size
    if len(text) <= size:
        return
    cut = text.rfind(" ", 0, size + 1)
    cut = cut if cut > 0 else size
    typed[name] = text[:cut]
    typed["other_names"] = f"{text[cut:].strip()} {typed.get('other_names', '')}".strip()
