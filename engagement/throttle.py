"""How often something may be tried from one address, or done to one person.

It is counted in the database so that all processes agree. Who it is stands there as a keyed hash,
and not for longer than a day. The windows are fixed: at the turn of one somebody may have twice the
number, which does no harm here. Where no address is known nobody is refused, because that would
refuse everybody.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from engagement.models import Throttle
from localities.preparable import Preparable

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many tries of a deed from one address in one window."""

    deed: str
    tries: int
    window: timedelta

    def window_start(self):
        seconds = int(self.window.total_seconds())
        now = int(timezone.now().timestamp())
        return datetime.fromtimestamp(now - now % seconds, UTC)


# A library, a surgery or a mobile network may bring many people from one address.
SENDING = Limit("send", 20, timedelta(hours=1))
JOINING = Limit("join", 20, timedelta(hours=1))
GUESSING = Limit("receipt", 10, timedelta(minutes=15))
# Five for each name are forgiven: this many names are more than one person has.
SIGNING_IN = Limit("sign-in", 50, timedelta(minutes=15))
# Each code that is mailed ends the one before: nobody is to be flooded with them by others.
MAILING = Limit("mail", 3, timedelta(hours=1))


def allows(limit, request):
    """Count one try; whether it is still within the limit."""
    source = source_of(request)
    if source is None:
        return True
    count = counted(limit, source)
    if count == 1:
        forget_the_old()
    return count <= limit.tries


def allows_for(limit, whom):
    """The same, counted by whom it is done to, wherever it comes from."""
    return counted(limit, keyed_hash(whom)) <= limit.tries


def give_back(limit, request):
    """A try that turned out to be right does not count."""
    source = source_of(request)
    if source is not None:
        Throttle.objects.filter(
            deed=limit.deed,
            source_hash=source,
            window_start=limit.window_start(),
            count__gt=0,
        ).update(count=F("count") - 1)


def counted(limit, source):
    """Add one and give the new number, in one statement: two at once never read the same one."""
    table = connection.ops.quote_name(Throttle._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            Preparable(
                f"INSERT INTO {table} (deed, source_hash, window_start, count) "
                "VALUES (%s, %s, %s, 1) ON CONFLICT (deed, source_hash, window_start) "
                f"DO UPDATE SET count = {table}.count + 1 RETURNING count"
            ),
            [
                limit.deed,
                source,
                connection.ops.adapt_datetimefield_value(limit.window_start()),
            ],
        )
        return cursor.fetchone()[0]


def forget_the_old():
    table = connection.ops.quote_name(Throttle._meta.db_table)
    before = connection.ops.adapt_datetimefield_value(timezone.now() - KEPT_FOR)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE window_start < %s", [before])


def source_of(request):
    """The keyed hash of where a request comes from, or None where that is not known.

    The settings say how many proxies before us are believed; REMOTE_ADDR has been seen to.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if address.is_unspecified:
        return None
    return keyed_hash(str(household_of(address)))


def household_of(address):
    """The address that stands for all from which one household may come: of IPv6 a whole /64."""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 6:
        return ipaddress.ip_network((address, 64), strict=False).network_address
    return address


def keyed_hash(text):
    return salted_hmac("engagement.throttle", text, algorithm="sha256").hexdigest()
