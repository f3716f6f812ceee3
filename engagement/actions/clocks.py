"""What the portal does of itself as the clocks of residents' messages run: remind, tell, reckon.

A body is reminded of what is overdue; then the engagement team is told, which reads every message
and can refer it on. The bodies above are not: they may not read it. What waits for a resident or
for a body above is not overdue; once that body has decided, the clock goes on.
"""

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from engagement.actions.steps import lead_of, locked, run_on
from engagement.emails import tell_of_overdue
from engagement.models import Referral, ReferralNotice, Submission
from engagement.models.referral import MATTER_ENDED
from engagement.pauses import paused_days_of, pauses_of
from engagement.workflow import ReferralStatus
from governance.actions.clocks import in_batches, reckon_rows
from governance.clocks import STAGES, misreckoned, stage_to_take
from governance.models import ClockNotice
from governance.structure import structure_today

Clock, Kind = ClockNotice.Clock, ReferralNotice.Kind


def reckon_referrals(days):
    """Give referrals the due days they have by this calendar, each with a notice that says so."""
    running, new = Referral.objects.filter(is_open=True), ReferralStatus.REFERRED
    wrong = misreckoned(running, new, paused_days_of, days)
    # A deed that goes on would write the days back that it has read: it is waited for. All are
    # locked before the first is judged, in the order in which `locked_together` does.
    submissions = set()
    for some in in_batches(wrong):
        submissions |= set(running.filter(pk__in=some).values_list("submission", flat=True))
    for some in in_batches(sorted(submissions)):
        found = Submission.objects.select_for_update().filter(pk__in=some).order_by("pk")
        list(found.values_list("pk"))
    return reckon_rows(running, wrong, new, paused_days_of, days, noted)


def noted(referral, **reckoned):
    ReferralNotice.objects.create(referral=referral, **reckoned)


def climb_referrals(now):
    """Remind of every message whose time has come, or tell of it; give what was done."""
    follow_matters()
    done = (take_next_stage(pk, now) for pk in overdue(timezone.localdate(now)))
    return [sentence for sentence in done if sentence]


def follow_matters():
    """Let the clocks of messages go on whose matter has ended, and stand still where it goes on.

    A matter does not know which messages wait for it, so it is looked up. The day is that on which
    the matter ended, or was opened again, however late this is.
    """
    for submission in Submission.objects.filter(referrals__in=out_of_step()).defer("message"):
        follow_matter(submission)


def out_of_step():
    """Escalated messages whose clock stands although the matter has ended, or runs without that."""
    stands_in_vain = Q(MATTER_ENDED, paused_on__isnull=False)
    runs_too_soon = Q(~MATTER_ENDED, paused_on=None)
    escalated = Referral.objects.filter(status=ReferralStatus.ESCALATED)
    return escalated.filter(stands_in_vain | runs_too_soon)


@transaction.atomic
def follow_matter(submission):
    """Let the clock of one message go on, or stand still, if that is still to be done."""
    lead = lead_of(locked(submission))
    if lead is None or not out_of_step().filter(pk=lead.pk).exists():
        return
    if lead.paused_on:
        run_on(lead)
    else:
        lead.paused_on, _ = pauses_of(lead)[-1]
    lead.save()


def overdue(today):
    """The messages that are overdue and of which not everything was done, the longest first."""
    new = Q(status=ReferralStatus.REFERRED)
    of_this_clock = Q(notices__clock_started_on=F("clock_started_on"), notices__stage__gt=0) & (
        (new & Q(notices__clock=Clock.ACKNOWLEDGE)) | (~new & Q(notices__clock=Clock.ANSWER))
    )
    late = (new & Q(acknowledge_by__lt=today)) | (~new & Q(answer_by__lt=today))
    found = Referral.objects.filter(late, is_open=True, paused_on=None)
    found = found.annotate(done=Count("notices", filter=of_this_clock))
    found = found.filter(done__lt=len(STAGES)).order_by("answer_by", "pk")
    return list(found.values_list("submission", flat=True))


@transaction.atomic
def take_next_stage(submission, now):
    """Do what is next for one message, if it still is; another worker’s is left to it."""
    found = Submission.objects.filter(pk=submission).defer("message")
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    submission = found.first()
    lead = submission and submission.referrals.leading().select_related("body").first()
    if lead is None or not lead.is_open or lead.paused_on:
        return ""
    lead.submission, today = submission, timezone.localdate(now)
    is_new = lead.status == ReferralStatus.REFERRED
    clock, due = (
        (Clock.ACKNOWLEDGE, lead.acknowledge_by) if is_new else (Clock.ANSWER, lead.answer_by)
    )
    stage = stage_to_take(
        due,
        [
            notice
            for notice in lead.notices.exclude(kind=Kind.RECKONED)
            if (notice.clock, notice.clock_started_on) == (clock, lead.clock_started_on)
        ],
        today,
        structure_today().calendar,
    )
    if stage is None:
        return ""
    # Above a body stands the engagement team here; where it has the message itself, nobody does.
    kind = Kind.TOLD if stage.rungs and lead.body else Kind.REMINDED
    ReferralNotice.objects.create(
        referral=lead,
        kind=kind,
        clock=clock,
        clock_started_on=lead.clock_started_on,
        stage=stage.number,
        at=now,
        due=due,
    )
    tell_of_overdue(lead, clock, due, reminds=kind == Kind.REMINDED)
    return f"{submission.reference} {kind.label.lower()}"
