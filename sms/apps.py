from django.apps import AppConfig
from django.contrib.admin import apps
from django.core.checks import register

from sms import startup


class SMSConfig(AppConfig):
    name = "sms"

    def ready(self) -> None:
        register(startup.check_proxies, deploy=True)


class AdminConfig(apps.AdminConfig):
    """Django's admin with our site in place of its own."""

    default = False  # it is not this package's own
    default_site = "sms.casework.site.Site"
