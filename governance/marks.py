"""Words that single out some bodies and lines of a structure, in chart, list and table alike."""

from dataclasses import dataclass, field

from django.utils.translation import pgettext_lazy

NEW = "new"
ENDED = "ended"
RENAMED = "renamed"
MOVED_HERE = "moved here"
MOVED_AWAY = "moved away"
WAY_UP = "way up"
SAID = {
    NEW: pgettext_lazy("mark of a body or line", "new"),
    ENDED: pgettext_lazy("mark of a body or line", "ended"),
    RENAMED: pgettext_lazy("mark of a body or line", "renamed"),
    MOVED_HERE: pgettext_lazy("mark of a body or line", "moved here"),
    MOVED_AWAY: pgettext_lazy("mark of a body or line", "moved away"),
    WAY_UP: pgettext_lazy("mark of a body or line", "way up"),
}


def said(words):
    """The words of marks in the language of the page."""
    if not words:
        return ()
    return tuple(str(SAID.get(word, word)) for word in words)


@dataclass(frozen=True)
class Marks:
    """The words for bodies and for lines, by primary key; with `quiet`, all else steps back."""

    bodies: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    quiet: bool = False

    def of_body(self, body):
        return self.bodies.get(body.pk, ())

    def of_line(self, line):
        return self.lines.get(line.pk, ())

    def looks(self, words):
        """How the chart shows what bears these words."""
        looks = tuple(word.replace(" ", "-") for word in words if word in SAID)
        return (*looks, "quiet") if self.quiet and WAY_UP not in words else looks

    def with_others(self, others):
        return Marks(
            together(self.bodies, others.bodies),
            together(self.lines, others.lines),
            self.quiet or others.quiet,
        )


def together(some, others):
    return {pk: some.get(pk, ()) + others.get(pk, ()) for pk in {**some, **others}}
