"""Files that take seconds to make. Each is kept in var/ until one of its sources changes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var/test-databases"

# The code of rows and guards is not among these, because each run writes its own: see tests/template_database.py.
SOURCES = (
    "*/migrations/*.py",
    "requirements-dev.lock",
    "tests/kept_files.py",
    "tests/template_database.py",
    "tests/with_postgres.py",
)


def fingerprint(root: Path = ROOT) -> str:
    """Return a name that changes with the content or the path of every file of `SOURCES`."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in root.glob(pattern)):
        digest.update(f"{path.relative_to(root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@contextmanager
def kept(kind: str, make: Callable[[Path], None], *, folder: Path = FOLDER, root: Path = ROOT) -> Iterator[Path]:
    """Yield the file or folder that `make` writes. It is made only if it is missing or out of date.

    Copy it and leave quickly, because other processes of this checkout wait meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / f"{fingerprint(root)}.{kind}"
        if not path.exists():
            unfinished = folder / f"unfinished.{kind}"
            for old in folder.glob(f"*.{kind}*"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            make(unfinished)
            os.sync()  # or a power cut might leave an empty file under the final name
            unfinished.rename(path)
        yield path
