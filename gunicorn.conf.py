"""Configuration of gunicorn, which finds this file in the folder in which `python -m gunicorn` starts.

WEB_CONCURRENCY is the number of worker processes. The proxy in front (deploy/nginx.conf) reads each request completely,
so a thread is busy only while it works and never waits for a slow sender.
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sms.settings")

from django.conf import settings

logconfig_dict = settings.LOGGING  # one format for all logs; sms/request_log.py logs requests. (.env is read by now.)

wsgi_app = "sms.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4  # each with its own database connection

# Each worker loads the portal itself, so that no worker inherits a connection that another uses.
preload_app = False

timeout = 30  # seconds without a heartbeat; a worker sends it even while its threads are busy
graceful_timeout = 30  # seconds for requests under way; neither an answer nor opening a payment page takes longer
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the heartbeat must not wait for a disk

limit_request_line = 4094  # bytes
limit_request_fields = 50
limit_request_field_size = 8190  # bytes

forwarded_allow_ips = ""  # Django decides which requests came by https, because it knows the number of proxies
control_socket_disable = True
