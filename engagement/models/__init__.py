from engagement.models.referral import Referral, ReferralStep
from engagement.models.routing_rule import RoutingRule
from engagement.models.signpost import Signpost
from engagement.models.submission import (
    About,
    Addition,
    Contact,
    Kind,
    Receipt,
    Submission,
    SubmissionStatus,
)
from engagement.models.theme import Theme
from engagement.models.throttle import Throttle
from engagement.models.topic import Topic

__all__ = [
    "About",
    "Addition",
    "Contact",
    "Kind",
    "Receipt",
    "Referral",
    "ReferralStep",
    "RoutingRule",
    "Signpost",
    "Submission",
    "SubmissionStatus",
    "Theme",
    "Throttle",
    "Topic",
]
