"""What the portal did of itself as the clock of a message ran, in words for its timeline."""

from django.utils.translation import gettext as _

from engagement.models import ReferralNotice
from governance.telling import capital
from governance.working_days import short_day
from localities.day_field import in_words

Kind = ReferralNotice.Kind

NOTICED = {
    Kind.REMINDED: "Reminder to {body}: it was to {do} it by {due}",
    Kind.TOLD: "Told the engagement team: {body} was to {do} it by {due}",
    Kind.RECKONED: "The day by which {body} is to {do} it is now {due}, not {was}. {because}",
}


def noticed(notice, body):
    """For staff."""
    return NOTICED[notice.kind].format(
        body=body,
        do=notice.get_clock_display().lower(),
        due=short_day(notice.due),
        was=notice.was_due and short_day(notice.was_due),
        because=notice.because,
    )


def told_to_resident(notice, body):
    """For the resident: that the day of their answer is another one; of all else nothing."""
    if notice.kind != Kind.RECKONED or notice.clock != "answer":
        return ""
    return _("%(body)s has it now and is to answer by %(day)s.") % {
        "body": capital(body),
        "day": in_words(notice.due),
    }
