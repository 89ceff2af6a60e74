"""What cannot be tried here, read: the image, the composition and its proxy agree with the portal and each other."""

import re
import shlex
from configparser import ConfigParser
from fnmatch import fnmatch

import pytest
import yaml
from django.conf import settings

ROOT = settings.BASE_DIR
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NGINX = (ROOT / "deploy/nginx.conf").read_text()
GUNICORN = (ROOT / "gunicorn.conf.py").read_text()
OURS = ("migrate", "web", "worker")


def steps(word):
    return [line.removeprefix(f"{word} ") for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def copied():
    """What is copied out of the folder, by the stages that do so."""
    for step in steps("COPY"):
        *sources, _ = shlex.split(step)
        if not sources[0].startswith("--from"):
            yield from sources


def is_sent(path):
    """Whether .dockerignore lets it through; the last rule that fits decides."""
    sent = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!").removeprefix("**/")
            if fnmatch(path, pattern) or path.startswith(f"{pattern}/") or f"/{pattern}/" in path:
                sent = rule.startswith("!")
    return sent


# The image


def test_system_packages_are_installed_by_the_one_list_there_is():
    assert [step for step in steps("RUN") if "script/packages" in step]
    assert "apt-get" not in DOCKERFILE
    assert "need libpangoft2-1.0-0" in (ROOT / "script/packages").read_text()


def test_every_python_package_has_its_hash():
    for command in re.findall(r"(?:pip install|pip sync)[^&\n]*", DOCKERFILE):
        assert "--require-hashes" in command
        assert re.search(r"requirements[-\w]*\.lock", command)


def test_what_is_copied_is_there_and_let_through():
    for source in copied():
        if source != ".":
            assert (ROOT / source).exists(), source
            assert is_sent(source), source


def test_every_app_is_in_the_image():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    apps = contracts["importlinter"]["root_packages"].split()
    last_stage = set(shlex.split(DOCKERFILE.rpartition("\nFROM ")[2]))
    assert set(apps) <= last_stage
    assert {"templates", "static", "manage.py", "gunicorn.conf.py"} <= last_stage
    assert all(is_sent(app) for app in apps)


@pytest.mark.parametrize("path", [".env", ".git/config", "var/sms.sqlite3", ".venv/bin/python", "tests/factories.py"])
def test_what_is_secret_or_of_no_use_stays_out(path):
    assert not is_sent(path)


def test_the_image_is_run_by_nobody_in_particular_and_holds_no_secret():
    assert steps("USER") == ["portal"]
    assert not re.search("SECRET|PASSWORD|KEYS", DOCKERFILE)


def test_node_stays_in_the_stage_that_builds():
    assert "requirements-build.lock" not in DOCKERFILE.rpartition("\nFROM ")[2]
    runtime = next(command for command in re.findall(r"pip sync[^&\n]*", DOCKERFILE) if "/opt/portal" in command)
    assert "requirements-build.lock" not in runtime


# The composition


def test_only_the_proxy_can_be_reached_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"proxy": ["127.0.0.1:${PROXY_PORT:-8080}:8080"]}


def test_secrets_come_from_the_environment():
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|KEY|URL", name):
                assert "${" in value, name


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nothing_and_become_nobody(name):
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["environment"]["DEMO"] == "false"


def test_nothing_starts_before_what_it_needs_and_no_version_moves_by_itself():
    needs = {name: set(service.get("depends_on", {})) for name, service in COMPOSE["services"].items()}
    assert needs == {"db": set(), "migrate": {"db"}, "web": {"migrate"}, "worker": {"migrate"}, "proxy": {"web"}}
    for name in ("db", "proxy"):
        assert re.search(r":\d", COMPOSE["services"][name]["image"])
    assert all(re.search(r":\d", image) for image in steps("FROM") if not image.startswith("base"))


def test_the_data_outlive_the_container():
    assert COMPOSE["services"]["db"]["volumes"] == ["data:/var/lib/postgresql/data"]


def test_the_database_writes_no_rows_into_its_own_log():
    assert "log_min_messages=log" in COMPOSE["services"]["db"]["command"]


# The proxy


def nginx(directive):
    (value,) = re.findall(rf"^\s*{directive} +(.+?);", NGINX, re.MULTILINE)
    return value


def test_the_proxy_takes_whole_requests_in_first_and_in_memory():
    assert nginx("proxy_request_buffering") == "on"
    assert nginx("client_max_body_size") == nginx("client_body_buffer_size") == "1m"
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 1024 * 1024
    assert nginx("proxy_max_temp_file_size") == "0"


def test_the_proxy_says_where_a_request_comes_from():
    said = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))
    assert said == {
        "Host": "$http_host",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$http_x_forwarded_proto",
    }


def test_the_proxys_log_has_no_addresses():
    logged = NGINX[NGINX.index("log_format") : NGINX.index("access_log")]
    assert not re.search(r"\$(request\b|request_uri|uri|args|query_string|http_|document_uri|remote_user)", logged)
    assert nginx("error_log") == "stderr crit"


def test_it_asks_the_portal_where_the_image_listens():
    assert "http://web:8000;" in NGINX
    assert "0.0.0.0:8000" in DOCKERFILE


def test_whoever_stops_the_portal_lets_it_finish():
    seconds = int(re.search(r"^graceful_timeout = (\d+)", GUNICORN, re.MULTILINE)[1])
    assert seconds < int(COMPOSE["services"]["web"]["stop_grace_period"].removesuffix("s"))


def test_gunicorn_believes_no_header_itself():
    assert 'forwarded_allow_ips = ""' in GUNICORN
