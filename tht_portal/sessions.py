"""Sessions in the database, as Django keeps them, looked up with SQL that is written once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from localities.kept_query import KeptQuery


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        found = session_with_key(key=self.session_key)
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None


@KeptQuery
def session_with_key(key):
    return Session.objects.filter(session_key=key)
