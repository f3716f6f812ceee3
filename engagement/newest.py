"""Words searched for in everything: the newest referrals are looked through before all others.

Of their messages most are among the newest too, and the index of words tells of all those at once.
An older one that was put before a body late is looked up by itself. Whatever this leaves out comes
after it, and is looked for where the first page is not full.
"""

from django.db.models import OuterRef, Q, Subquery

from engagement.models import Referral, SubmissionWords
from governance.full_text import one_of, plain_words
from governance.ranges import PAGE
from localities.kept_query import KeptPage

WINDOW = 10_000  # referrals, and as many messages


def first_page_with(words, *, is_open):
    """What to ask for the first page of all referrals, or of all that is open."""
    return (open_with if is_open else any_with).of(words=plain_words(words))


@KeptPage
def any_with(words):
    return newest_and_others(Referral.objects.all(), words)


@KeptPage
def open_with(words):
    return newest_and_others(Referral.objects.filter(is_open=True), words)


def newest_and_others(referrals, words):
    written = SubmissionWords.objects.filter(words__matching=words).order_by()
    since, written_since = before_the_last(Referral), before_the_last(SubmissionWords)
    new = written.filter(pk__gt=written_since).values("pk")
    itself = written.filter(pk=OuterRef("submission")).values("pk")
    # PostgreSQL asks of each what stands first here, and then what costs more.
    is_found = Q(submission__gt=written_since) & Q(submission__in=new)
    is_found_late = Q(submission__lte=written_since) & Q(submission=Subquery(itself))
    newest = referrals.filter(is_found | is_found_late, pk__gt=since)
    others = referrals.filter(one_of("submission", written.values("pk")), pk__lte=since)
    return [each.order_by("-pk").values("pk")[: PAGE + 1] for each in (newest, others)]


def before_the_last(model):
    """The key after which the last ones come."""
    return Subquery(model.objects.order_by("-pk").values("pk")[:1]) - WINDOW
