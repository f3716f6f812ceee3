"""Two addresses for those who watch over the portal: does it live, and can it do its work."""

from datetime import timedelta
from functools import cache

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.models import OutboxMessage

MAIL_IS_LATE_AFTER = timedelta(minutes=15)


@require_safe
@never_cache
def healthz(request):
    """The process answers. It asks neither the database nor the session."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request):
    """Each part is ok or not ok; how many mails wait is for governance administrators.

    Late mail is no reason to send residents away, so it leaves the status at 200.
    """
    parts = {"database": "not ok", "migrations": "not ok", "mail": "not ok"}
    details = {}
    try:
        parts["migrations"] = words(migrations_are_applied())
        parts["database"] = "ok"
        if parts["migrations"] == "ok":
            parts["mail"] = words(mail_is_on_time())
            if request.standing.is_governance_administrator:
                details = mail_in_figures()
    except (DatabaseError, InterfaceError):
        parts["database"] = "not ok"
    ready = parts["database"] == parts["migrations"] == "ok"
    return JsonResponse({"ready": ready, **parts, **details}, status=200 if ready else 503)


def words(is_ok):
    return "ok" if is_ok else "not ok"


def migrations_are_applied():
    return migrations_on_disk() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def migrations_on_disk():
    """The migrations of this build, which stay the same for as long as the process lives."""
    return set(MigrationLoader(None).disk_migrations)


def mail_is_on_time():
    """Whether no mail is overdue for long; where one is, the worker is away or cannot send."""
    overdue = OutboxMessage.objects.filter(
        is_queued=True, due_at__lt=timezone.now() - MAIL_IS_LATE_AFTER
    )
    return not overdue.exists()


def mail_in_figures():
    queued = OutboxMessage.objects.filter(is_queued=True).order_by("due_at", "pk")
    oldest = queued.values_list("created_at", flat=True).first()
    waited = (timezone.now() - oldest).total_seconds() if oldest else 0
    return {
        "mails waiting": queued.count(),
        "minutes the first of them has waited": round(waited / 60),
        "mails given up": OutboxMessage.objects.filter(status=OutboxMessage.Status.DEAD).count(),
    }
