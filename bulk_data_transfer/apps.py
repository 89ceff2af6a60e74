from django.apps import AppConfig


class BulkDataTransferConfig(AppConfig):
    name = "bulk_data_transfer"
    verbose_name = "Bulk data transfer"

    def ready(self) -> None:
        from bulk_data_transfer import receivers  # models exist only now

        receivers.connect()
