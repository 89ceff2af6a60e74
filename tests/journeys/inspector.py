"""The inspection of pages: axe, several widths, and valid HTML (specification, section 13)."""

import json
import subprocess

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings

from tests.valid_html import HTML_VALIDATE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
DESK, PHONE, ZOOMED = 1280, 390, 320  # pixels; the last is a desktop screen at 400 % zoom
IS_TOO_WIDE = "document.scrollingElement.scrollWidth > innerWidth"


class Inspector:
    """An inspector of visitors' pages. `findings` has the faults of each page, by the name of the page."""

    def __init__(self, folder):
        self.folder = folder
        self.findings = {}

    def looks_at(self, visitor, name):
        """Inspect the visitor's page. Without JavaScript only its HTML is checked, because axe is a script."""
        (self.folder / f"{name}.html").write_text(visitor.received.text())
        if not visitor.with_javascript:
            return
        for width in (ZOOMED, PHONE, DESK):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            found = ["scrolls sideways"] if visitor.page.evaluate(IS_TOO_WIDE) else []
            found += violations(visitor.page) if width != ZOOMED else []
            if found:
                self.findings[f"{name}, {width}"] = found


def html_problems(folder):
    """Return the findings of html-validate about the pages in the folder and its subfolders, each with its file."""
    command = [*HTML_VALIDATE, "--config", ".htmlvalidate.json", "--formatter", "text", str(folder)]
    asked = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    return asked.stdout.splitlines() or asked.stderr.splitlines()


def violations(page):
    """Return the findings of axe, each with its rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)}).then(({{ violations }}) => violations)")
    return [f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]]
