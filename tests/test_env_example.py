import re

from django.conf import settings

from cas.payments import checkout


def test_every_variable_that_the_settings_read_is_explained():
    read = set(re.findall(r'(?:env\.\w+|strict_bool)\(\s*"(\w+)"', (settings.BASE_DIR / "sms/settings.py").read_text()))
    explained = set(re.findall(r"^#?([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    providers = set().union(*(provider.variables.names for provider in checkout.PROVIDERS.values()))
    compose = set(re.findall(r"\$\{(\w+)", (settings.BASE_DIR / "docker-compose.yml").read_text()))
    assert read | providers | compose | {"PORT", "WEB_CONCURRENCY"} == explained
