"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names inside `import` statements are changed too, so that scripts may be kept for ever."""

    support_js_module_import_aggregation = True
