from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.evidence import DatedFact
from localities.dated import Dated
from localities.history import HistoricalRecords


class Seat(DatedFact):
    """A place on a body, in a role, on behalf of an organisation or of none."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        DEPUTY_CHAIR = "deputy_chair", _("Deputy chair")
        SECRETARY = "secretary", _("Secretary")
        MEMBER = "member", _("Member")

    OFFICER_ROLES = (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY)

    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    title = models.CharField(
        max_length=120, blank=True, help_text="The post that holds it, such as “Independent chair”."
    )
    on_behalf_of = models.ForeignKey(
        "governance.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="seats",
    )
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", "role", "pk"]

    def __str__(self):
        return self.title or self.get_role_display()

    @property
    def is_officer(self):
        return self.role in self.OFFICER_ROLES


class Membership(Dated):
    """Someone holds a seat, for a time; a seat nobody holds is vacant."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    name_is_public = models.BooleanField(
        default=False, help_text="Show the person's name to everyone."
    )
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering = ["seat", "start_date"]

    def __str__(self):
        return f"{self.person}, {self.seat}"
