"""A matter as the model has it, and what each deed makes of it."""

from tests.governance.sequences.deeds import ASIDES, SAME_WORD


class Expected:
    """A matter as the model has it."""

    def __init__(self, raising, author):
        self.status, self.raising, self.author = "draft", raising, author
        self.way, self.is_asked, self.reopened = [raising], False, False
        self.raiser = self.raised_on = None
        self.consulted, self.in_it, self.into, self.comments = [], [], None, []
        self.views_asked = []  # of those consulted, who has not given theirs
        self.lines_since = None  # the day whose lines it follows instead, once it is re-based
        self.files = {}
        self.decided = False
        self.wanted = None  # the body to which an exception is asked for
        self.steps = []
        self.histories = 1

    @property
    def holder(self):
        return self.way[-2] if self.is_asked else self.way[-1]

    @property
    def way_here(self):
        return self.way[:-1] if self.is_asked else self.way

    @property
    def speaks(self):
        return {*self.way, *self.consulted}


class Effects:
    """What the deeds make of matters."""

    def move_on(self, deed, person, matter, to_body, note, other):
        """What the deed makes of the matter, and of others."""
        self.do(deed, person, matter, to_body, other)
        self.needs_no_view(matter, matter.holder)

    def needs_no_view(self, matter, body):
        matter.views_asked = [each for each in matter.views_asked if each != body]

    def do(self, deed, person, matter, to_body, other):
        if deed == "edit_draft":
            return
        if deed in ASIDES:
            self.take_in(deed, person, matter, to_body, other)
            if matter.status != "draft":
                matter.steps.append((ASIDES[deed], person.pk, matter.holder))
            return
        if deed in {"raise_matter", "pass_up", "send_out_of_line"}:
            matter.way.append(to_body)
        if deed == "raise_matter":
            matter.raiser, matter.raised_on = person.pk, self.today
        if deed in {"pass_up", "send_out_of_line", "send_back", "resolve"}:
            matter.wanted = None
        if deed == "merge":
            self.take_over(person, matter, self.matters[other], other)
        matter.is_asked = deed == "send_back" or (matter.is_asked and deed == "withdraw")
        matter.reopened |= deed == "reopen"
        matter.status = {
            "raise_matter": "raised",
            "accept": "accepted",
            "pass_up": "raised",
            "send_back": "sent_back",
            "answer_back": "accepted",
            "resolve": "resolved",
            "withdraw": "withdrawn",
            "reopen": "accepted",
            "merge": "merged",
            "send_out_of_line": "raised",
        }[deed]
        matter.decided = deed == "resolve"
        kind = {"raise_matter": "raised", "answer_back": "answered", "reopen": "reopened"}
        kind = kind.get(deed, SAME_WORD.get(deed))
        matter.steps.append((kind, person.pk, matter.holder))
        if deed in {"resolve", "reopen"}:
            for merged in (self.matters[pk] for pk in matter.in_it):
                merged.decided = matter.decided
                merged.histories += 1
                merged.steps.append((kind, person.pk, merged.holder))

    def take_in(self, deed, person, matter, to_body, other):
        if deed == "consult":
            matter.consulted.append(to_body)
            matter.views_asked.append(to_body)
        elif deed == "comment":
            bodies = [matter.holder, *matter.views_asked]
            theirs = (each for each in bodies if self.sits(person, each))
            self.needs_no_view(matter, next(theirs, None))
        elif deed == "detach":
            del matter.files[other]
        elif deed == "ask_out_of_line":
            matter.wanted = to_body
        elif deed == "refuse_out_of_line":
            matter.wanted = None
        elif deed == "rebase":
            matter.lines_since = self.today

    def take_over(self, person, matter, goes_on, pk):
        """Another matter goes on for this one, and for those that went into it."""
        for earlier in matter.in_it:
            earlier = self.matters[earlier]
            earlier.into = pk
            earlier.histories += 1
            earlier.steps.append(("merged", person.pk, earlier.holder))
        mine = next(key for key, each in self.matters.items() if each is matter)
        goes_on.in_it += [*matter.in_it, mine]
        matter.in_it, matter.into = [], pk
        goes_on.histories += 1
        goes_on.steps.append(("took_in", person.pk, goes_on.holder))
        for body in matter.views_asked:
            closed_on = self.bodies[body].end
            if body in goes_on.speaks or (closed_on and closed_on < self.today):
                continue
            goes_on.consulted.append(body)
            goes_on.views_asked.append(body)
            goes_on.histories += 1
            goes_on.steps.append(("consulted", person.pk, goes_on.holder))
