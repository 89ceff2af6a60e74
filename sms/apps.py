from django.apps import AppConfig
from django.contrib.admin import apps
from django.core.checks import register

from sms import startup


class SMSConfig(AppConfig):
    name = "sms"

    def ready(self) -> None:
        register(startup.check_proxies, deploy=True)
        register(startup.check_email)
        register(startup.check_second_factor_keys)


class AdminConfig(apps.AdminConfig):
    """Django's admin, with our site instead of its own."""

    default = False  # this package's own configuration is SMSConfig
    default_site = "sms.casework.site.Site"
