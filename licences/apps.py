from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from sms.core import triggers


class LicencesConfig(AppConfig):
    name = "licences"

    def ready(self) -> None:
        from licences import history, hooks, reference  # models exist only now
        from licences.accounts import emails, notices, own_email
        from licences.jobs import engine, runs
        from licences.licence_requests import history as history_of_requests
        from licences.message_board import history as history_of_messages

        # Django sends these signals only for apps that have models, and this is the lowest of ours. Each arrives once:
        # before or after all apps are migrated.
        pre_migrate.connect(triggers.drop_before_migrating, sender=self)
        post_migrate.connect(triggers.install_after_migrating, sender=self)
        post_migrate.connect(reference.refill, sender=self)
        hooks.history_words.connect(history.words)
        hooks.history_words.connect(history_of_requests.words)
        for module in (emails, notices, own_email):
            hooks.job_kinds.connect(module.job_kind)
        hooks.history_words.connect(history_of_messages.words)
        hooks.account_changed.connect(notices.inform)
        engine.piece_is_due.connect(runs.run)
