"""The migrations of `licences`, and one more, which alters a guarded table and then fails.

Tests use it instead of `licences.migrations`, by the setting MIGRATION_MODULES.
"""

import pkgutil

from licences import migrations

LAST = max(module.name for module in pkgutil.iter_modules(migrations.__path__))
NEW = "9999_goes_wrong"

__path__ = [*migrations.__path__, *__path__]
