"""Who may do what with what residents sent. `can_…` answers, `check_can_…` refuses."""

from django.core.exceptions import PermissionDenied

from engagement.routing import TRIAGE_BODY
from governance.permissions import standing_of

NOT_EACH = (
    "Only the officers of the body that has each of these messages and the engagement team may do "
    "this."
)


def can_read(standing, referrals):
    """The engagement team, and those who sit on a body that has, had or was told of it."""
    return standing.is_engagement_team or any(
        referral.body_id in standing.sits_on for referral in referrals
    )


def can_key_in(standing):
    """Whoever answers residents anywhere may write down what one says to them."""
    return standing.is_engagement_team or bool(standing.officer_of)


def check_can_key_in(person):
    if not can_key_in(standing_of(person)):
        raise PermissionDenied(
            "Only the officers of a body and the engagement team may key in a message."
        )


def can_act_on(standing, referral):
    """The engagement team, and the officers of the body that is to answer."""
    return standing.is_engagement_team or referral.body_id in standing.officer_of


def can_see_contact(standing, referral, contact=None):
    """Who may answer may know whom: `referral` is the one that leads.

    Where a resident who may want to complain did not agree to it, the engagement team alone may.
    """
    if contact is not None and not contact.may_pass_on:
        return standing.is_engagement_team
    return can_act_on(standing, referral)


def can_screen(standing):
    """What was held is released or rejected by the engagement team."""
    return standing.is_engagement_team


def check_can_screen(person):
    if not can_screen(standing_of(person)):
        raise PermissionDenied("Only the engagement team may release or reject a message.")


def can_mend_routing(standing):
    """Which rules and phrases were wrong is for the engagement team to see and to mend."""
    return standing.is_engagement_team


def check_can_mend_routing(person):
    if not can_mend_routing(standing_of(person)):
        raise PermissionDenied("Only the engagement team mends how messages are read.")


def has_or_had(standing, referrals):
    """Those who may act on a message, or might before it was referred on; no one with a copy."""
    leads = [each for each in referrals if each.role == each.Role.LEAD]
    return any(can_act_on(standing, each) for each in leads)


def can_see_notes(standing, referrals):
    """The notes of a body are for those who act on the message, or have acted."""
    return has_or_had(standing, referrals)


def check_can_note(person, referrals):
    if not can_see_notes(standing_of(person), referrals):
        raise PermissionDenied(
            "Only the officers of a body that has or had this message and the engagement team may "
            "do this."
        )


def can_see_messages(standing):
    """Any message: the engagement team. Governance administrators see the facts of it alone."""
    return standing.is_engagement_team


def check_can_act_on(person, referral):
    if not can_act_on(standing_of(person), referral):
        raise PermissionDenied(
            "Only the officers of the body that has this message and the engagement team may do "
            "this."
        )


def check_can_act_on_each(person, referrals):
    """The same for many messages at once, by the referrals that lead."""
    standing = standing_of(person)
    if not all(can_act_on(standing, referral) for referral in referrals):
        raise PermissionDenied(NOT_EACH)


def check_has_or_had_each(person, referrals):
    """The same for who might act on them before; `referrals` are for each message all that led."""
    standing = standing_of(person)
    if not all(has_or_had(standing, of_one) for of_one in referrals):
        raise PermissionDenied(NOT_EACH)


def can_escalate_for(standing, body):
    """The officers of the body that raises it; for the Centre of Excellence the engagement team.

    `body` is as it is today, or None where nobody has what is to be escalated.
    """
    if body is None:
        return False
    is_theirs = standing.is_engagement_team and body.slug == TRIAGE_BODY
    return is_theirs or body.pk in standing.officer_of


def check_can_escalate_for(person, body):
    if not can_escalate_for(standing_of(person), body):
        raise PermissionDenied(
            "Only the officers of the body that has it may escalate it, and for the Centre of "
            "Excellence the engagement team."
        )


# --- Themes ---------------------------------------------------------------------------------------


def can_read_theme(standing, theme):
    """The engagement team, and those who sit on the body that looks into it."""
    return standing.is_engagement_team or theme.lead_body_id in standing.sits_on


def can_gather(standing):
    """Messages are put under themes by the engagement team, and by officers those of their body."""
    return standing.is_engagement_team or bool(standing.officer_of)


def can_put_under_theme(standing, referral):
    """Who may answer a message, while its words are there and it is under no theme yet.

    Those who were only told of it may not: `referral` may be a copy.
    """
    submission = referral.submission
    is_free = submission.theme_id is None and not submission.is_gone
    return referral.role == referral.Role.LEAD and is_free and can_act_on(standing, referral)


def can_work_on_theme(standing, theme):
    """The engagement team, and the officers of the body that looks into it."""
    return standing.is_engagement_team or theme.lead_body_id in standing.officer_of


def had_theme(standing, theme):
    """Whether a body that this person is an officer of looks into a theme, or did before."""
    return theme.history.filter(lead_body__in=standing.officer_of).exists()


def check_can_work_on_theme(person, theme):
    if not can_work_on_theme(standing_of(person), theme):
        raise PermissionDenied(
            "Only the officers of the body that looks into this theme and the engagement team may "
            "do this."
        )


def check_can_name_theme_for(person, body):
    """A theme for a body is begun by its officers, one for nobody by the engagement team."""
    standing = standing_of(person)
    if not (standing.is_engagement_team or (body and body.pk in standing.officer_of)):
        raise PermissionDenied(
            "Only the engagement team and the officers of the body that is to look into it may do "
            "this."
        )


def can_erase(standing):
    return standing.is_engagement_team


def check_can_erase(person):
    check_stands_to_erase(standing_of(person))


def check_stands_to_erase(standing):
    """The same for a page, which has the standing of its reader at hand."""
    if not can_erase(standing):
        raise PermissionDenied("Only the engagement team may erase what a resident sent.")


def can_redact(standing):
    """What residents wrote is made fit for everyone to read by the engagement team."""
    return standing.is_engagement_team


def check_can_redact(person):
    if not can_redact(standing_of(person)):
        raise PermissionDenied(
            "Only the engagement team may show to everyone what a resident wrote."
        )


# --- Outcomes -------------------------------------------------------------------------------------


def can_draft_outcome(standing, body_id):
    """The engagement team, and the officers of the body that decides."""
    return standing.is_engagement_team or body_id in standing.officer_of


def can_publish_outcome(standing):
    return standing.is_engagement_team


def can_draft_outcomes(standing):
    return standing.is_engagement_team or bool(standing.officer_of)


def check_can_draft_outcome(person, body):
    if not can_draft_outcome(standing_of(person), body.pk):
        raise PermissionDenied(
            "Only the officers of the body that decides and the engagement team may write this."
        )


def check_can_publish_outcome(person):
    if not can_publish_outcome(standing_of(person)):
        raise PermissionDenied("Only the engagement team may publish this.")


# --- Ideas ----------------------------------------------------------------------------------------


def can_work_on_idea(standing, body_id):
    """The engagement team, and the officers of the body that has taken it up."""
    return standing.is_engagement_team or body_id in standing.officer_of


def can_work_on_ideas(standing):
    return standing.is_engagement_team or bool(standing.officer_of)


def can_publish_idea(standing):
    return standing.is_engagement_team


def check_can_work_on_idea(person, body):
    if not can_work_on_idea(standing_of(person), body.pk):
        raise PermissionDenied(
            "Only the officers of the body that takes it up and the engagement team may do this."
        )


def check_can_publish_idea(person):
    if not can_publish_idea(standing_of(person)):
        raise PermissionDenied("Only the engagement team may do this with an idea that is public.")


# --- Activities -----------------------------------------------------------------------------------


def can_organise(standing, activity):
    """Who reads the names of those who signed up: the engagement team, and the owner's officers."""
    return standing.is_engagement_team or activity.owner_id in standing.officer_of


def check_can_organise(person, activity):
    if not can_organise(standing_of(person), activity):
        raise PermissionDenied(
            "Only the officers of the body that holds this activity and the engagement team may "
            "do this."
        )
