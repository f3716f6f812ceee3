"""Where residents' words can be: a model that is added says whether it holds any."""

from django.apps import apps

from engagement.erasure import models_of_submissions

# What is of nobody in particular, or of staff.
HOLD_NONE = {
    "Topic",
    "Phrase",
    "Clue",  # of words that stand in several of the messages that taught them
    "WordFamily",
    "RoutingRule",
    "Signpost",
    "RetentionPeriod",
    "Theme",  # in the words of staff, without quoting anyone
    "Activity",
    "Story",
    "Animation",
    "Captions",
    "Interest",  # someone who takes part in an activity, and leaves it by their own code
    "MessageTally",  # counts, by day and topic
    "Throttle",  # an address as a keyed hash, for as long as its window
}


def test_each_model_of_engagement_belongs_to_a_message_or_holds_no_words_of_residents():
    """What belongs to a message is erased with it (see engagement/erasure.py)."""
    kept = {
        model.__name__
        for model in apps.get_app_config("engagement").get_models()
        if model not in models_of_submissions() and not hasattr(model, "instance_type")
    }

    assert kept == HOLD_NONE
