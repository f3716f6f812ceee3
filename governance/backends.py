from django.contrib.auth.backends import BaseBackend

from governance.permissions import GOVERNANCE_ADMINISTRATORS

KEPT = "_standing_for_rights"


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
            group = person.groups.filter(name=GOVERNANCE_ADMINISTRATORS)
            may = person.is_active and (person.is_superuser or group.exists())
            setattr(person, KEPT, may)
        return getattr(person, KEPT)
