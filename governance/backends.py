"""Who is signed in, and what Django’s own permissions make of their standing."""

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.db.models import F

from governance.models import User
from governance.permissions import GOVERNANCE_ADMINISTRATORS
from localities.kept_query import KeptQuery

KEPT = "_standing_for_rights"


class AccountBackend(ModelBackend):
    """Accounts as Django keeps them, each fetched with its settings and the names of its groups."""

    def get_user(self, user_id):
        found = user_in_each_group(pk=user_id)
        if not found or not self.user_can_authenticate(found[0]):
            return None
        user = found[0]
        user.group_names = frozenset(each.group for each in found if each.group)
        return user


@KeptQuery
def user_in_each_group(pk):
    """Someone, once for each of their groups, and once when they are in none."""
    found = User.objects.filter(pk=pk).annotate(group=F("groups__name"))
    return found.select_related("staff_settings")


class StandingBackend(BaseBackend):
    """Standing in Django's own terms, for the app below, which cannot ask for it itself.

    Governance administrators have every right on the borough's places.
    """

    def has_perm(self, user_obj, perm, obj=None):
        app_label, _, _ = perm.partition(".")
        return app_label == "localities" and self._may(user_obj)

    def has_module_perms(self, user_obj, app_label):
        return app_label == "localities" and self._may(user_obj)

    def _may(self, person):
        if not hasattr(person, KEPT):
            is_one = person.is_superuser or GOVERNANCE_ADMINISTRATORS in groups_of(person)
            setattr(person, KEPT, person.is_active and is_one)
        return getattr(person, KEPT)


def groups_of(person):
    """The names of someone's groups, which come with whoever is signed in."""
    if hasattr(person, "group_names"):
        return person.group_names
    return set(person.groups.values_list("name", flat=True))
