from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Django's admin with our site in place of its own."""

    default = False  # it is not this package's own
    default_site = "sms.casework.site.Site"
