from django.apps import AppConfig


class BulkDataTransferConfig(AppConfig):
    name = "bulk_data_transfer"
    verbose_name = "Bulk data transfer"
