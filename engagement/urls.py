from django.urls import path

from engagement.views import erasing, escalating, feedback, outcomes, receipt, staff, themes

app_name = "engagement"

urlpatterns = [
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/check/", feedback.check, name="feedback_check"),
    path("feedback/sent/", feedback.sent, name="feedback_sent"),
    path("feedback/receipt/", receipt.receipt, name="receipt"),
    path("feedback/receipt/add/", receipt.add, name="receipt_add"),
    path("feedback/receipt/reply/", receipt.reply, name="receipt_reply"),
    path("feedback/receipt/not-answered/", receipt.not_answered, name="receipt_not_answered"),
    path("feedback/receipt/withdraw/", receipt.withdraw, name="receipt_withdraw"),
    path("feedback/receipt/new-code/", receipt.new_code, name="receipt_new_code"),
    path("feedback/receipt/close/", receipt.close, name="receipt_close"),
    path("staff/", staff.home, name="staff"),
    path("staff/feedback/", staff.submissions, name="staff_feedback"),
    path("staff/feedback/<str:reference>/", staff.submission, name="staff_submission"),
    path(
        "staff/feedback/<str:reference>/acknowledge/",
        staff.acknowledge,
        name="staff_acknowledge",
    ),
    path("staff/feedback/<str:reference>/answer/", staff.answer, name="staff_answer"),
    path("staff/feedback/<str:reference>/refer-on/", staff.refer_on, name="staff_refer_on"),
    path("staff/feedback/<str:reference>/close/", staff.close, name="staff_close"),
    path("staff/feedback/<str:reference>/ask/", staff.ask, name="staff_ask"),
    path("staff/feedback/<str:reference>/merge/", staff.merge, name="staff_merge"),
    path("staff/feedback/<str:reference>/split/", staff.split, name="staff_split"),
    path("staff/feedback/<str:reference>/escalate/", escalating.message, name="staff_escalate"),
    path("staff/feedback/<str:reference>/assign/", staff.assign, name="staff_assign"),
    path("staff/feedback/<str:reference>/theme/", staff.theme, name="staff_theme"),
    path("staff/feedback/<str:reference>/note/", staff.note, name="staff_note"),
    path("staff/feedback/<str:reference>/erase/", erasing.erase, name="staff_erase"),
    path("staff/themes/", themes.listing, name="themes"),
    path("staff/themes/<int:pk>/", themes.detail, name="theme"),
    path("staff/themes/<int:pk>/gather/", themes.gather, name="theme_gather"),
    path("staff/themes/<int:pk>/escalate/", themes.escalate, name="theme_escalate"),
    path("staff/erasures/", erasing.log, name="staff_erasures"),
    path("you-said/", outcomes.you_said, name="you_said"),
    path("you-said/feed/", outcomes.feed, name="you_said_feed"),
    path("you-said/<int:pk>/", outcomes.outcome, name="outcome"),
    path("staff/outcomes/", outcomes.outcome_list, name="staff_outcomes"),
    path("staff/outcomes/new/", outcomes.outcome_new, name="staff_outcome_new"),
    path("staff/outcomes/<int:pk>/", outcomes.outcome_edit, name="staff_outcome"),
    path(
        "staff/outcomes/<int:pk>/publish/", outcomes.outcome_publish, name="staff_outcome_publish"
    ),
    path(
        "staff/outcomes/<int:pk>/take-back/",
        outcomes.outcome_take_back,
        name="staff_outcome_take_back",
    ),
]
