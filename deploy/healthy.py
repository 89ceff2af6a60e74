"""Check that the portal in this container is healthy, with the first of ALLOWED_HOSTS as the host.

It ends with an error unless the answer is a success.
"""

import os
import urllib.request

host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
question = urllib.request.Request("http://127.0.0.1:8000/health", headers={"Host": host})
urllib.request.urlopen(question, timeout=5)
