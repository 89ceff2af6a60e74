"""How gunicorn serves the portal; it finds this file by itself, in the folder in which `python -m gunicorn` starts.

WEB_CONCURRENCY says how many worker processes there are. A proxy stands in front that takes requests in whole
(deploy/nginx.conf): a thread is busy for as long as it thinks, and never waits for a slow sender.
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sms.settings")

from django.conf import settings

logconfig_dict = settings.LOGGING  # one format for all; requests are told by sms/request_log.py. (.env is read by now.)

wsgi_app = "sms.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4  # each with a database connection of its own

# Workers load the portal themselves: none inherits a connection that another one uses.
preload_app = False

timeout = 30  # seconds without a sign of life, which a worker gives while its threads are busy, too
graceful_timeout = 30  # seconds for what is under way: no answer takes longer, and no payment page is asked for longer
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a sign of life must not wait for a disk

limit_request_line = 4094  # bytes
limit_request_fields = 50
limit_request_field_size = 8190  # bytes

forwarded_allow_ips = ""  # who came by https is for Django to say, which knows how many proxies there are
control_socket_disable = True
