"""What is said of a matter as it stands, on its page, in lists and in refusals."""

from governance.telling import PORTAL, STANDS, capital, deed, moment, with_article
from governance.workflow import EscalationStatus
from localities.day_field import in_words

REOPENED_ONCE = "This matter was reopened once. Raise a new one if it goes on."


class MatterInWords:
    """The sentences of a `governance.matter.Matter`, made of nothing but what that knows."""

    @property
    def stands(self):
        """Where it stands, in a sentence."""
        return STANDS[self.escalation.status].format(
            holder=with_article(self.holder.name),
            raising_body=with_article(self.raising_body.name),
            other=self.went_into.reference if self.went_into else "",
        )

    @property
    def why_not_its_body(self):
        """Of a draft whose body has closed, what becomes of it, in sentences; else nothing."""
        body = self.escalation.raising_body
        if self.escalation.status != EscalationStatus.DRAFT or not body.has_ended_by(self.today):
            return ""
        closed = capital(with_article(body.name))
        if self.is_to_move:
            follower = capital(with_article(self.holder.name))
            return (
                f"{closed} has closed. {follower} follows it, and its officers go on with this "
                "draft."
            )
        return (
            f"{closed} has closed, and no body follows it. To raise this, write it anew for "
            "another body."
        )

    @property
    def who_acts(self):
        """Whose officers act on it now, in a sentence."""
        return self.told_who_acts(f"the officers of {with_article(self.acting_body.name)}")

    def who_acts_for(self, standing):
        """The same to a reader, who may be one of them, after who has it was said."""
        is_one_of_them = self.acting_body.pk in standing.officer_of
        if self.acting_body == self.holder and not self.is_to_move:
            theirs = "You act on it, as one of its officers."
            return theirs if is_one_of_them else "Its officers act on it."
        if not is_one_of_them:
            return self.who_acts
        acting = with_article(self.acting_body.name)
        return self.told_who_acts(f"as an officer of {acting}, you")

    def told_who_acts(self, officers):
        if self.acting_body == self.holder and self.is_to_move:
            closed = with_article(self.escalation.current_body.name)
            return f"{capital(officers)} act on it for {closed}, which it follows."
        if self.acting_body == self.holder:
            return f"{capital(officers)} act on it."
        holder = capital(with_article(self.holder.name))
        if self.holder.has_ended_by(self.today):
            return (
                f"{holder} has closed and no body follows it: {officers} record what comes of it."
            )
        return f"{holder} has no officers here: {officers} record what comes of it."

    @property
    def why_not_up(self):
        """Why it can be passed up on none of its lines, in sentences; nothing where it can."""
        if self.lines_on or not self.lines_up:
            return ""
        above = [with_article(line.to_body.name) for line in self.lines_up]
        closed = f"{' and '.join(above)} {'has' if len(above) == 1 else 'have'} closed"
        return (
            f"It cannot be passed up now: {closed} since {in_words(self.lines_of)}, and no body "
            "above follows. You can ask a governance administrator to re-base it on today’s lines."
        )

    def what_happened(self):
        """The last thing that happened to it, as the end of a sentence."""
        step = self.last_step
        if step is None:
            change = self.last_change
            who = change.history_user or "someone"
            return f"{who} changed the draft on {moment(change.history_date)}"
        return f"{step.by or PORTAL} {deed(step)} on {moment(step.at)}"
