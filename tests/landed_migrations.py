"""Check that no migration changes after it has landed. Run by script/check.

    .venv/bin/python tests/landed_migrations.py          # compare the migrations with the list of their digests
    .venv/bin/python tests/landed_migrations.py --add    # add new migrations to the list, then compare

The list only grows. A line that any earlier commit had must still be there.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

LIST = Path("tests/landed_migrations.txt")
ADD = ".venv/bin/python tests/landed_migrations.py --add"
_ADDED_LINE = re.compile(r"^\+([0-9a-f]{64}  .+)$", re.MULTILINE)


def migrations() -> dict[str, str]:
    """Return the line of the list for each migration, by its path."""
    paths = sorted(path for path in Path().glob("*/migrations/*.py") if path.name != "__init__.py")
    return {str(path): f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}" for path in paths}


def listed() -> list[str]:
    return LIST.read_text().splitlines() if LIST.exists() else []


def ever_listed() -> set[str]:
    """Return each line that the list had in any commit up to this one."""
    command = ["git", "log", "--full-history", "-m", "--patch", "--no-color", "--no-ext-diff", "--format=", "--", LIST]
    return set(_ADDED_LINE.findall(subprocess.check_output(command, text=True)))


def problems() -> list[str]:
    """Return a sentence for each migration that breaks the rule."""
    now, lines = migrations(), listed()
    found = [
        f"{LIST} has lost or changed the line of {_path(line)}. Restore the line: the list only grows."
        for line in sorted(ever_listed() - set(lines))
    ]
    for line in lines:
        if now.get(_path(line)) != line:
            how = "was changed" if _path(line) in now else "was deleted"
            found.append(f"{_path(line)} {how} after it had landed. Restore it, and write a new migration.")
    unlisted = now.keys() - {_path(line) for line in lines}
    return found + [f"{path} is not in {LIST}. When it is finished, run: {ADD}" for path in sorted(unlisted)]


def add() -> None:
    """Add the migrations that are not in the list."""
    known = {_path(line) for line in listed()}
    new = [line for path, line in migrations().items() if path not in known]
    with LIST.open("a") as file:
        file.writelines(f"{line}\n" for line in new)


def _path(line: str) -> str:
    return line.partition("  ")[2]


def main(arguments: list[str]) -> int:
    """Print the problems. Return 1 if there are any."""
    if arguments == ["--add"]:
        add()
    found = problems()
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
