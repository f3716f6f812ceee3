"""Where people are sent who need something else than the portal."""

from django.contrib import admin

from engagement.admin.base import EngagementAdmin
from engagement.models import Signpost
from governance.admin.translated import TranslatedAdmin


@admin.register(Signpost)
class SignpostAdmin(EngagementAdmin, TranslatedAdmin):
    list_display = ["title", "group", "phone", "url", "checked_on", "is_shown", "order"]
    list_filter = ["group", "is_shown"]
    search_fields = ["title", "text", "phone"]
