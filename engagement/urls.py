from django.urls import include, path

from engagement.views import (
    activities,
    answering,
    erasing,
    escalating,
    feedback,
    gathering,
    ideas,
    interest,
    keying,
    mending,
    message,
    outcomes,
    quarantine,
    quoting,
    receipt,
    staff,
    stories,
    themes,
)

app_name = "engagement"

# By their first parts, so that each is found among few.
feedback_patterns = [
    path("", feedback.feedback, name="feedback"),
    path("check/", feedback.check, name="feedback_check"),
    path("sent/", feedback.sent, name="feedback_sent"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/add/", receipt.add, name="receipt_add"),
    path("receipt/reply/", receipt.reply, name="receipt_reply"),
    path("receipt/not-answered/", receipt.not_answered, name="receipt_not_answered"),
    path("receipt/keep-private/", receipt.keep_private, name="receipt_keep_private"),
    path("receipt/withdraw/", receipt.withdraw, name="receipt_withdraw"),
    path("receipt/new-code/", receipt.new_code, name="receipt_new_code"),
    path("receipt/close/", receipt.close, name="receipt_close"),
]

activity_patterns = [
    path("", activities.activity_list, name="activities"),
    path("calendar.ics", activities.calendar, name="activity_calendar"),
    path("receipt/", interest.interest, name="interest"),
    path("receipt/withdraw/", interest.withdraw, name="interest_withdraw"),
    path("receipt/new-code/", interest.new_code, name="interest_new_code"),
    path("receipt/close/", interest.close, name="interest_close"),
    path("<slug:slug>/", activities.activity, name="activity"),
    path("<slug:slug>/join/", activities.join, name="activity_join"),
    path("<slug:slug>/people/", activities.people, name="activity_people"),
    path("<slug:slug>/people/<int:pk>/", activities.remove, name="activity_remove"),
]

story_patterns = [
    path("", stories.story_list, name="stories"),
    path("feed/", stories.story_feed, name="story_feed"),
    path("<slug:slug>/", stories.story, name="story"),
    path("<slug:slug>/picture-<int:width>.webp", stories.story_picture, name="story_picture"),
]

animation_patterns = [
    path("", stories.animation_list, name="animations"),
    path("<slug:slug>/", stories.animation, name="animation"),
    path(
        "<slug:slug>/picture-<int:width>.webp", stories.animation_picture, name="animation_picture"
    ),
    path("<slug:slug>/film/", stories.animation_video, name="animation_video"),
    path(
        "<slug:slug>/captions-<slug:language>.vtt",
        stories.animation_captions,
        name="animation_captions",
    ),
]

message_patterns = [
    path("", message.submission, name="staff_submission"),
    path("acknowledge/", message.acknowledge, name="staff_acknowledge"),
    path("answer/", message.answer, name="staff_answer"),
    path("refer-on/", message.refer_on, name="staff_refer_on"),
    path("close/", message.close, name="staff_close"),
    path("ask/", message.ask, name="staff_ask"),
    path("merge/", message.merge, name="staff_merge"),
    path("split/", message.split, name="staff_split"),
    path("escalate/", escalating.message, name="staff_escalate"),
    path("assign/", message.assign, name="staff_assign"),
    path("theme/", message.theme, name="staff_theme"),
    path("note/", message.note, name="staff_note"),
    path("redact/", quoting.redact, name="staff_redact"),
    path("erase/", erasing.erase, name="staff_erase"),
    path("idea/", ideas.take_up, name="staff_take_up"),
]

theme_patterns = [
    path("", themes.listing, name="themes"),
    path("gather/", gathering.gather_under, name="themes_gather"),
    path("<int:pk>/", themes.detail, name="theme"),
    path("<int:pk>/change/", themes.change, name="theme_change"),
    path("<int:pk>/close/", themes.close, name="theme_close"),
    path("<int:pk>/gather/", gathering.gather, name="theme_gather"),
    path("<int:pk>/answer/", answering.answer, name="theme_answer"),
    path("<int:pk>/escalate/", themes.escalate, name="theme_escalate"),
]

staff_patterns = [
    path("", staff.home, name="staff"),
    path("feedback/", staff.submissions, name="staff_feedback"),
    path("feedback/next/", staff.next_message, name="staff_next"),
    path("feedback/new/", keying.key_in, name="staff_key_in"),
    path("feedback/<str:reference>/", include(message_patterns)),
    path("themes/", include(theme_patterns)),
    path("routing/", mending.routing, name="staff_routing"),
    path("routing/phrases/", mending.add_phrase, name="staff_phrase_add"),
    path("quarantine/", quarantine.quarantine, name="staff_quarantine"),
    path("quarantine/<str:reference>/decide/", quarantine.decide, name="staff_quarantine_decide"),
    path("erasures/", erasing.log, name="staff_erasures"),
    path("outcomes/", outcomes.outcome_list, name="staff_outcomes"),
    path("outcomes/new/", outcomes.outcome_new, name="staff_outcome_new"),
    path("outcomes/<int:pk>/", outcomes.outcome_edit, name="staff_outcome"),
    path("outcomes/<int:pk>/publish/", outcomes.outcome_publish, name="staff_outcome_publish"),
    path(
        "outcomes/<int:pk>/take-back/", outcomes.outcome_take_back, name="staff_outcome_take_back"
    ),
    path("ideas/", ideas.staff_ideas, name="staff_ideas"),
    path("ideas/<int:pk>/", ideas.staff_idea, name="staff_idea"),
    path("ideas/<int:pk>/move/", ideas.move, name="staff_idea_move"),
    path("ideas/<int:pk>/publish/", ideas.publish, name="staff_idea_publish"),
    path("ideas/<int:pk>/take-back/", ideas.take_back, name="staff_idea_take_back"),
]

urlpatterns = [
    path("feedback/", include(feedback_patterns)),
    path("staff/", include(staff_patterns)),
    path("get-involved/", include(activity_patterns)),
    path("stories/", include(story_patterns)),
    path("animations/", include(animation_patterns)),
    path("you-said/", outcomes.you_said, name="you_said"),
    path("you-said/feed/", outcomes.feed, name="you_said_feed"),
    path("you-said/<int:pk>/", outcomes.outcome, name="outcome"),
    path("ideas/", ideas.idea_list, name="ideas"),
    path("ideas/feed/", ideas.feed, name="idea_feed"),
    path("ideas/<int:pk>/", ideas.idea, name="idea"),
]
