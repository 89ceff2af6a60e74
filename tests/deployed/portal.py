"""A portal installed as docs/deployment.md says: outside demo mode, on PostgreSQL, behind two proxies."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from django.conf import settings

from tests.deployed import certificate, processes, proxies
from tests.standins.mail import MailServer
from tests.standins.worldpay import Worldpay
from tests.test_production_settings import PRODUCTION
from tests.with_postgres import new_folder, server


@dataclass(frozen=True)
class Deployment:
    folder: Path
    environment: dict
    origin: str
    http_origin: str
    certificate: certificate.Certificate
    mail: MailServer
    worldpay: Worldpay

    def manage(self, *arguments, typed=""):
        """Run `manage.py`, as an operator who types these lines, and return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def lines(self):
        """Return the lines that the portal, its worker and both proxies have logged."""
        logs = sorted(self.folder.rglob("output"))
        texts = [line for log in logs for line in log.read_text().splitlines()]
        return [json.loads(line) if line.startswith("{") else {"event": line} for line in texts]


@contextmanager
def deployed(folder):
    """Prepare all that a new deployment needs, with an empty database. Nothing of the portal itself runs yet."""
    made = certificate.make(folder)
    http, https = processes.free_ports(2)
    origin = f"https://localhost:{https}"
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ))  # making a folder for PostgreSQL changes it
        mail = stack.enter_context(MailServer())
        worldpay = stack.enter_context(_worldpay(folder / "payments", made))
        worldpay.callback_url = f"{origin}/payments/callback/worldpay/"
        environment = PRODUCTION | worldpay.settings()["PROVIDER_VARIABLES"]
        environment |= {
            "ALLOWED_HOSTS": f"localhost:{https}",
            "PROXIES": "2",
            "DATABASE_URL": stack.enter_context(server(Path(new_folder(), "data"))),
            "EMAIL_URL": mail.url,
            "SSL_CERT_FILE": str(made.file),
            "PATH": os.environ["PATH"],
        }
        yield Deployment(folder, environment, origin, f"http://localhost:{http}", made, mail, worldpay)


@contextmanager
def _worldpay(folder, made):
    """Start the stand-in behind a proxy that ends TLS."""
    http, https = processes.free_ports(2)
    with Worldpay() as standin:
        standin.origin = f"https://127.0.0.1:{https}"
        with proxies.tls_ended(folder, made, to=standin.server.server_port, http=http, https=https):
            yield standin


@contextmanager
def started(deployment):
    """Start the portal, its worker and the proxies."""
    http, https = (int(origin.rpartition(":")[2]) for origin in (deployment.http_origin, deployment.origin))
    (web,), folder = processes.free_ports(1), deployment.folder
    for name in ("web", "worker"):
        (folder / name).mkdir()
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{web}"]
    worker = [sys.executable, "manage.py", "worker"]
    with (
        processes.running(worker, folder / "worker/output", env=deployment.environment),
        processes.running(gunicorn, folder / "web/output", port=web, env=deployment.environment),
        proxies.proxied(folder / "proxies", deployment.certificate, portal=web, http=http, https=https),
    ):
        yield
