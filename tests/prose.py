"""Check that comments, docstrings, pages and documents keep to docs/style.md. Run by script/check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

STYLE = Path("docs/style.md")
WRITTEN = ("*.py", "*.html", "*.jinja", "*.md", "*.js", "*.css", "*.toml", "*.yml", "*.sh", "script", "deploy")
FIRST_WORDS = re.compile(r"(What|Whether|Those|Of|One)\b")
_ROW = re.compile(r"\| ([a-z' ]+) \| .+ \|")


def phrases(style: str) -> list[str]:
    """Return the phrases on the left of the table of words."""
    return _ROW.findall(style.partition("## Words")[2].partition("## Before")[0])


def faults(text: str, refused: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield the line and the phrase of each refused phrase. An underscore counts as a space: tests are sentences."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in refused.finditer(line.replace("_", " ")):
            yield number, f"“{found[0]}” is on the list in {STYLE}"


def docstring_faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each docstring that begins with one of `FIRST_WORDS`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = FIRST_WORDS.match(ast.get_docstring(node) or "")
            if found:
                yield node.body[0].lineno, f"a docstring begins with “{found[0]}”"


def pattern(style: str) -> re.Pattern[str]:
    """Return a pattern that finds each refused phrase as whole words, except names of arguments such as `tick=`."""
    each = "|".join(re.escape(phrase) for phrase in sorted(phrases(style), key=len, reverse=True))
    return re.compile(rf"\b(?:{each})\b(?!=)", re.IGNORECASE)


def main(arguments: list[str]) -> int:
    """Print the faults of the tracked files, or of the paths in `arguments`. Return 1 if there are any."""
    refused = pattern(STYLE.read_text())
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *WRITTEN]
    listed = subprocess.check_output(command, text=True)
    ours = [path for path in listed.splitlines() if path != str(STYLE) and "/migrations/" not in path]
    found = 0
    for path in (path for path in ours if not arguments or path.startswith(tuple(arguments))):
        text = Path(path).read_text()
        each = [*faults(text, refused), *(docstring_faults(text) if path.endswith(".py") else ())]
        for line, fault in sorted(each):
            print(f"{path}:{line}: {fault}")
        found += len(each)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
