"""Each script says what it does, and the scripts work in a fresh clone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR, "script")
SCRIPTS = sorted(path.name for path in FOLDER.iterdir())


def run(*command, folder=settings.BASE_DIR, **environment):
    """Run a command with almost no environment but these variables, and return its output."""
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}
    return subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_begins_with_a_line_that_says_what_it_does(name):
    shebang, purpose, *_ = (FOLDER / name).read_text().splitlines()
    assert shebang == "#!/bin/sh"
    assert purpose.startswith("# ")
    assert purpose[2].isupper()
    assert purpose.endswith(".")
    assert len(purpose) < 100
    assert os.access(FOLDER / name, os.X_OK)


def test_help_lists_each_script_with_that_line():
    listed = dict(line.split(maxsplit=1) for line in run("script/help").splitlines())
    assert listed == {f"script/{name}": (FOLDER / name).read_text().splitlines()[1][2:] for name in SCRIPTS}


def test_help_lists_a_new_script_too(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "script")
    (tmp_path / "script/clean").write_text("#!/bin/sh\n# Clean up.\n")
    assert "script/clean       Clean up.\n" in run("script/help", folder=tmp_path)


@pytest.mark.parametrize(
    ("environment", "line", "value"),
    [
        pytest.param({"PORT": "8001"}, "PORT=8002\n", "8001", id="environment"),
        pytest.param({}, 'PORT="8002"\n', "8002", id=".env"),
        pytest.param({"PORT": ""}, "# PORT=8002\n", "8000", id="default"),
        pytest.param({}, None, "8000", id="without .env"),
    ],
)
def test_a_setting_comes_from_the_environment_from_dotenv_or_is_the_default(tmp_path, environment, line, value):
    shutil.copytree(FOLDER, tmp_path / "script")
    if line is not None:
        (tmp_path / ".env").write_text(line)
    assert run("script/setting", "PORT", "8000", folder=tmp_path, **environment) == f"{value}\n"


@pytest.fixture
def clone(tmp_path):
    """Make a folder whose script/manage prints DEMO and its arguments, instead of running manage.py."""
    shutil.copytree(FOLDER, tmp_path / "script")
    (tmp_path / "script/setup").write_text("#!/bin/sh\n")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "DEMO=$DEMO" "$@"\n')
    python.chmod(0o755)
    return tmp_path


def test_manage_runs_manage_py_in_demo_mode_with_unchanged_arguments(clone):
    printed = run("script/manage", "loaddata", "two words", "*", folder=clone)
    assert printed.splitlines() == ["DEMO=true", "manage.py", "loaddata", "two words", "*"]


def test_manage_respects_demo_false(clone):
    assert run("script/manage", "check", folder=clone, DEMO="false").startswith("DEMO=false\n")
    (clone / ".env").write_text("DEMO=false\n")
    assert run("script/manage", "check", folder=clone).startswith("DEMO=false\n")


def test_the_readme_runs_manage_py_by_its_script():
    readme = Path(settings.BASE_DIR, "README.md").read_text()
    assert "script/manage check_ledger" in readme
    assert "python manage.py" not in readme
