"""The two proxies of docs/deployment.md, as nginx with the files of deploy/. Only addresses and folders are changed."""

import os
from contextlib import ExitStack, contextmanager

from django.conf import settings

from tests.deployed.processes import free_ports, running

NGINX = settings.BASE_DIR / "var/nginx/usr/sbin/nginx"  # script/nginx
DEPLOY = settings.BASE_DIR / "deploy"

# What surrounds a file of /etc/nginx/conf.d, and what Debian's own file has that could matter.
AROUND = """
pid "{folder}/nginx.pid";
events {{}}
http {{
    gzip on;
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    include "{folder}/tls.conf";
}}
"""


@contextmanager
def proxied(folder, certificate, *, portal, http, https):
    """Put both proxies in front of the portal's port: one that ends TLS at these ports, then deploy/nginx.conf."""
    with ExitStack() as stack:
        (folder / "inner").mkdir(parents=True)
        (inner,) = free_ports(1)
        text = _changed("nginx.conf", {"http://web:8000": f"http://127.0.0.1:{portal}", "listen 8080": _on(inner)})
        (folder / "inner/nginx.conf").write_text(text.replace("/tmp/", f"{folder}/inner/"))
        stack.enter_context(_nginx(folder / "inner", inner))
        stack.enter_context(tls_ended(folder / "outer", certificate, to=inner, http=http, https=https))
        yield


@contextmanager
def tls_ended(folder, certificate, *, to, http, https):
    """End TLS with deploy/tls.conf, in front of a server at the port `to`."""
    folder.mkdir(parents=True)
    changes = {
        "listen 80;": f"{_on(http)};",
        "listen 443 ssl": f"{_on(https)} ssl",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl;\n": "",
        "server_name sponsors.example.ac.uk": "server_name localhost",
        "/etc/ssl/sms/certificate.pem": certificate.file,
        "/etc/ssl/sms/key.pem": certificate.key_file,
        "/var/log/nginx": folder,
        "http://127.0.0.1:8080": f"http://127.0.0.1:{to}",
    }
    (folder / "tls.conf").write_text(_changed("tls.conf", changes))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    with _nginx(folder, https):
        yield


def _on(port):
    return f"listen 127.0.0.1:{port}"


def _changed(name, changes):
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, str(new))
    return text


def _nginx(folder, port):
    # For root, its workers would run as another user, who cannot read the folders of tests.
    directives = "daemon off;" + (" user root;" if os.getuid() == 0 else "")
    command = [NGINX, "-c", folder / "nginx.conf", "-e", "stderr", "-g", directives]
    return running(list(map(str, command)), folder / "output", port=port)
