"""The law of the model: who may do what with a matter, and when."""

from governance.actions.asides import MOST_FILES
from tests.governance.sequences.structure import OFFICERS


class Permitted:
    """What may be done with matters, by who sits where and which lines lead where."""

    def acts_for(self, way):
        """The body whose officers act for the last of a way."""
        way = list(way)
        while len(way) > 1 and self.has_no_officers(way[-1]):
            way.pop()
        return way[-1]

    def acting(self, matter):
        below = self.acts_for(matter.way[:-1] if matter.is_asked else matter.way)
        end = self.bodies[below].end
        return self.acts_for(matter.way) if end is not None and end < self.today else below

    def can_receive(self, body, acting):
        someone = any(
            seat.body == acting and seat.role in OFFICERS and seat.holds(self.today)
            for seat in self.seats
        )
        is_open = self.bodies[body].holds(self.today) and self.bodies[acting].holds(self.today)
        return is_open and (someone or bool(self.bodies[acting].mailbox))

    def can_have_back(self, acting):
        """Whether a body has a matter again that it had before, also a closed one."""
        return self.can_receive(acting, acting)

    def is_off_line(self, matter, to_body):
        """Whether a body can have a matter, and only an exception would bring it there."""
        there = to_body != matter.holder
        there = there and self.can_receive(to_body, self.acts_for([*matter.way_here, to_body]))
        return there and not self.leads_up(matter.holder, to_body, self.lines_of(matter))

    def lines_of(self, matter):
        return matter.lines_since or matter.raised_on or self.today

    def speaks_to(self, person, matter):
        return any(self.sits(person, body) for body in matter.speaks)

    def may(self, deed, person, matter, to_body, note, other=None):
        """Whether this may be done now, and where the matter then is.

        Of `other`, what else the deed is about: another matter, or a file.
        """
        said = bool(note.strip())
        holder = matter.holder
        acts = self.leads(person, self.acting(matter))
        owns = self.leads(person, matter.raising) or (
            self.sits(person, matter.raising)
            and person.pk == (matter.raiser if matter.raiser else matter.author)
        )
        up = [*matter.way, to_body]
        if deed in {"raise_matter", "pass_up"}:
            goes = self.leads_up(holder, to_body, self.lines_of(matter))
            goes = goes and self.can_receive(to_body, self.acts_for(up))
        below = matter.way[-2] if len(matter.way) > 1 else None
        match deed, matter.status:
            case "edit_draft", "draft":
                return owns
            case "raise_matter", "draft":
                return owns and goes
            case "accept", "raised":
                return acts
            case "pass_up", "accepted":
                return acts and goes
            case "send_back", "accepted":
                back = below and self.can_have_back(self.acts_for(matter.way[:-1]))
                return acts and said and bool(back)
            case "answer_back", "sent_back":
                back = self.can_have_back(self.acts_for(matter.way))
                return acts and said and back
            case "resolve", "accepted":
                return acts and said
            case "withdraw", "draft" | "raised" | "accepted" | "sent_back":
                return owns and said and not matter.in_it
            case "comment", "raised" | "accepted" | "sent_back":
                return said and self.speaks_to(person, matter)
            case "consult", "raised" | "accepted" | "sent_back":
                aligned = self.are_aligned(holder, to_body, self.lines_of(matter))
                new = to_body not in matter.speaks
                return acts and said and aligned and new and self.can_receive(to_body, to_body)
            case "attach", "draft":
                return owns and len(matter.files) < MOST_FILES
            case "attach", "raised" | "accepted" | "sent_back":
                return self.speaks_to(person, matter) and len(matter.files) < MOST_FILES
            case "detach", "draft":
                return owns and other in matter.files
            case "detach", "raised" | "accepted" | "sent_back":
                theirs = matter.files.get(other) == person.pk and self.speaks_to(person, matter)
                by_right = person == self.administrator and other in matter.files
                return said and (theirs or by_right)
            case "merge", "raised" | "accepted":
                beside = self.matters.get(other)
                return (
                    acts
                    and said
                    and beside not in (None, matter)
                    and beside.status in {"raised", "accepted"}
                    and (beside.holder, self.acting(beside)) == (holder, self.acting(matter))
                )
            case "send_out_of_line", "raised" | "accepted":
                by_right = person == self.administrator
                return by_right and said and self.is_off_line(matter, to_body)
            case "ask_out_of_line", "raised" | "accepted":
                return acts and said and matter.wanted is None and self.is_off_line(matter, to_body)
            case "refuse_out_of_line", "raised" | "accepted":
                return person == self.administrator and said and matter.wanted is not None
            case "rebase", "raised" | "accepted" | "sent_back":
                then = self.ways_from(holder, self.lines_of(matter))
                changed = then != self.ways_from(holder, self.today)
                return person == self.administrator and said and changed
            case "add_action", "resolved":
                return acts and said and self.bodies[to_body].holds(self.today)
            case "reopen", "resolved":
                either = acts or self.leads(person, matter.raising)
                there = self.can_have_back(self.acting(matter))
                return either and said and there and not matter.reopened
        return False
