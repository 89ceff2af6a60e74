"""The image, docker-compose.yml and its proxy agree with the portal and each other. The tests only read the files."""

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
TLS = (ROOT / "deploy/tls.conf").read_text()
GUNICORN = (ROOT / "gunicorn.conf.py").read_text()
OURS = ("migrate", "web", "worker")


def steps(word):
    return [line.removeprefix(f"{word} ") for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def copied():
    """Yield the paths that the image copies from this folder."""
    for step in steps("COPY"):
        *sources, _ = shlex.split(step)
        if not sources[0].startswith("--from"):
            yield from sources


def is_sent(path):
    """Return whether .dockerignore lets the path into the image. The last rule that matches decides."""
    sent = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!").removeprefix("**/")
            if fnmatch(path, pattern) or path.startswith(f"{pattern}/") or f"/{pattern}/" in path:
                sent = rule.startswith("!")
    return sent


# The image


def test_system_packages_are_installed_by_script_packages_only():
    assert [step for step in steps("RUN") if "script/packages" in step]
    assert "apt-get" not in DOCKERFILE
    assert "need libpangoft2-1.0-0" in (ROOT / "script/packages").read_text()


def test_every_python_package_has_its_hash():
    for command in re.findall(r"(?:pip install|pip sync)[^&\n]*", DOCKERFILE):
        assert "--require-hashes" in command
        assert re.search(r"requirements[-\w]*\.lock", command)


def test_every_path_that_is_copied_exists_and_is_not_ignored():
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
def test_secrets_data_and_tests_stay_out_of_the_image(path):
    assert not is_sent(path)


def test_the_image_runs_as_an_unprivileged_user_and_holds_no_secret():
    assert steps("USER") == ["portal"]
    assert not re.search("SECRET|PASSWORD|KEYS", DOCKERFILE)


def test_node_stays_in_the_stage_that_builds():
    assert "requirements-build.lock" not in DOCKERFILE.rpartition("\nFROM ")[2]
    runtime = next(command for command in re.findall(r"pip sync[^&\n]*", DOCKERFILE) if "/opt/portal" in command)
    assert "requirements-build.lock" not in runtime


# docker-compose.yml


def test_only_the_proxy_can_be_reached_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"proxy": ["127.0.0.1:${PROXY_PORT:-8080}:8080"]}


def test_secrets_come_from_the_environment():
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|KEY|URL", name):
                assert "${" in value, name


@pytest.mark.parametrize("name", OURS)
def test_our_containers_cannot_write_or_gain_privileges(name):
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["environment"]["DEMO"] == "false"


def test_each_service_waits_for_the_services_that_it_needs_and_images_have_fixed_versions():
    needs = {name: set(service.get("depends_on", {})) for name, service in COMPOSE["services"].items()}
    assert needs == {"db": set(), "migrate": {"db"}, "web": {"migrate"}, "worker": {"migrate"}, "proxy": {"web"}}
    for name in ("db", "proxy"):
        assert re.search(r":\d", COMPOSE["services"][name]["image"])
    assert all(re.search(r":\d", image) for image in steps("FROM") if not image.startswith("base"))


def test_the_data_outlives_the_container():
    assert COMPOSE["services"]["db"]["volumes"] == ["data:/var/lib/postgresql/data"]


def test_the_database_writes_no_rows_into_its_own_log():
    assert "log_min_messages=log" in COMPOSE["services"]["db"]["command"]


# The proxy


def nginx(directive, text=NGINX):
    (value,) = re.findall(rf"^\s*{directive} +(.+?);", text, re.MULTILINE)
    return value


def test_the_proxy_first_reads_each_request_completely_into_memory():
    assert nginx("proxy_request_buffering") == "on"
    usual, of_files = re.findall(r"^\s*client_max_body_size +(.+?);", NGINX, re.MULTILINE)
    assert usual == nginx("client_body_buffer_size") == "1m"
    assert f"location {settings.FILES_PATH} {{\n            client_max_body_size {of_files};" in NGINX
    files = settings.DATA_UPLOAD_MAX_NUMBER_FILES * settings.FILES_MOST_BYTES
    assert int(of_files.removesuffix("m")) * 1024 * 1024 == files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 1024 * 1024
    assert nginx("proxy_max_temp_file_size") == "0"


def test_the_proxy_forwards_the_origin_of_a_request():
    said = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))
    assert said == {
        "Host": "$http_host",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$http_x_forwarded_proto",
    }


def test_the_example_of_a_proxy_in_front_keeps_the_rules_of_the_documentation():
    said = dict(re.findall(r"proxy_set_header (\S+) (\S+);", TLS))
    assert said == {
        "Host": "$http_host",
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$scheme",
    }
    assert nginx("client_max_body_size", TLS) == re.findall(r"client_max_body_size +(.+?);", NGINX)[-1]
    assert nginx("proxy_request_buffering", TLS) == "off"
    assert nginx("proxy_max_temp_file_size", TLS) == "0"
    assert nginx("access_log", TLS) == "off"
    assert nginx("error_log", TLS).endswith(" crit")
    assert nginx("gzip", TLS) == "off"  # the nginx.conf of Debian switches it on
    assert nginx("proxy_pass", TLS) == f"http://127.0.0.1:{nginx('listen')}"


def test_the_proxys_log_has_no_addresses():
    logged = NGINX[NGINX.index("log_format") : NGINX.index("access_log")]
    assert not re.search(r"\$(request\b|request_uri|uri|args|query_string|http_|document_uri|remote_user)", logged)
    assert nginx("error_log") == "stderr crit"


def test_the_proxy_does_not_compress_because_the_portal_does():
    assert "gzip" not in NGINX


def test_the_proxy_connects_to_the_port_of_the_image():
    assert "http://web:8000;" in NGINX
    assert "0.0.0.0:8000" in DOCKERFILE


def test_a_stopped_portal_has_time_to_finish_its_requests():
    seconds = int(re.search(r"^graceful_timeout = (\d+)", GUNICORN, re.MULTILINE)[1])
    assert seconds < int(COMPOSE["services"]["web"]["stop_grace_period"].removesuffix("s"))


def test_gunicorn_trusts_no_forwarding_header():
    assert 'forwarded_allow_ips = ""' in GUNICORN
