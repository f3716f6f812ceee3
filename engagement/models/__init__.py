from engagement.models.activity import Activity, Interest
from engagement.models.clue import Clue
from engagement.models.erasure import Erasure, RetentionPeriod
from engagement.models.idea import Idea, IdeaStep
from engagement.models.keyed_in import KeyedIn
from engagement.models.matter_draft import MatterDraft
from engagement.models.message_tally import MessageTally
from engagement.models.note import Note
from engagement.models.outcome import Outcome, OutcomeTold
from engagement.models.phrase import Phrase
from engagement.models.redaction import Redaction
from engagement.models.referral import Misrouting, Referral, ReferralStep
from engagement.models.referral_notice import ReferralNotice
from engagement.models.routing_rule import RoutingRule
from engagement.models.signpost import Signpost
from engagement.models.story import Animation, Captions, Story
from engagement.models.submission import (
    About,
    Addition,
    Channel,
    Contact,
    Flag,
    Kind,
    Receipt,
    Screening,
    Submission,
    SubmissionStatus,
    SubmissionWords,
    TopicBy,
)
from engagement.models.theme import Theme
from engagement.models.throttle import Throttle
from engagement.models.topic import Topic
from engagement.models.word_family import WordFamily

__all__ = [
    "About",
    "Activity",
    "Addition",
    "Animation",
    "Captions",
    "Channel",
    "Clue",
    "Contact",
    "Erasure",
    "Flag",
    "Idea",
    "IdeaStep",
    "Interest",
    "KeyedIn",
    "Kind",
    "MatterDraft",
    "MessageTally",
    "Misrouting",
    "Note",
    "Outcome",
    "OutcomeTold",
    "Phrase",
    "Receipt",
    "Redaction",
    "Referral",
    "ReferralNotice",
    "ReferralStep",
    "RetentionPeriod",
    "RoutingRule",
    "Screening",
    "Signpost",
    "Story",
    "Submission",
    "SubmissionStatus",
    "SubmissionWords",
    "Theme",
    "Throttle",
    "Topic",
    "TopicBy",
    "WordFamily",
]
