"""What bodies work with: terms of reference, meetings, their papers, and decisions."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from governance.actions import documents
from governance.actions.decisions import (
    check_has_come,
    check_is_day_of,
    check_takes_place,
    is_of,
)
from governance.actions.import_meetings import Meetings
from governance.actions.meetings import (
    check_bears_its_decisions,
    check_body_is_there,
    note_change,
)
from governance.actions.structure import lock_structure
from governance.admin.base import (
    PERIOD,
    PROOF,
    InForce,
    RowsOfAPage,
    ScansFirst,
    StoresFiles,
    WorkAdmin,
    with_bodies,
)
from governance.admin.importing import ImportsTables
from governance.admin.typed import few
from governance.models import (
    Body,
    Cadence,
    Decision,
    Document,
    Meeting,
    MeetingPaper,
    TermsOfReference,
)
from governance.telling import with_article
from governance.uploads import ENDINGS, media_type_of, note_stored
from localities.admin_base import EMPTY_ROWS


class DocumentForm(forms.ModelForm):
    """A file is taken for what it contains."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            self.instance.media_type = media_type_of(file)
            self.instance.size = file.size
        return file


@admin.register(Document)
class DocumentAdmin(ScansFirst, WorkAdmin, StoresFiles):
    form = DocumentForm
    list_display = ["title", "media_type", "is_public", "added_at"]
    list_filter = ["is_public", "media_type"]
    search_fields = ["title", "url"]

    def save_model(self, request, obj, form, change):
        lock_structure()
        if change:
            documents.keep_what_others_changed(obj, form.changed_data)
        if obj.file and "file" in form.changed_data:
            obj.file.save(obj.file.name, obj.file.file, save=False)
            note_stored(obj.file.name)
        super().save_model(request, obj, form, change)

    def settle(self, request, form, change):
        documents.remove_earlier_files(form.instance.pk)

    def delete_model(self, request, obj):
        pk = obj.pk
        super().delete_model(request, obj)
        documents.remove_earlier_files(pk)

    def get_queryset(self, request):
        # The files of matters are for those who may see the matter, at its own address.
        return super().get_queryset(request).filter(matter_file=None)

    fieldsets = [
        (
            None,
            {
                "fields": ["title", ("file", "url"), "is_public"],
                "description": (
                    f"A file ({ENDINGS}) or a web address, one of the two. A file that you replace "
                    "is removed for good, and so is that of a document that you delete. To keep "
                    "both, such as minutes and their correction, add the new one as another "
                    "document."
                ),
            },
        )
    ]


class OfBody(admin.SimpleListFilter):
    """Bodies by their names, fetched at once; where they are many, they are searched for."""

    title = "body"
    parameter_name = "body"

    def lookups(self, request, model_admin):
        return [(str(body.pk), body.name) for body in few(Body.objects.named()) or ()]

    def queryset(self, request, queryset):
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(body=self.value()) if self.value() in known else queryset


class OfABody(WorkAdmin):
    """Something that belongs to one body."""

    list_display_links = ["body"]
    list_select_related = ()  # the body comes with its name, in a query of its own

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "body")


@admin.register(TermsOfReference)
class TermsOfReferenceAdmin(OfABody):
    list_display = ["body", "start_date", "end_date", "review_date", "document", "evidence"]
    list_filter = [InForce, "evidence"]
    list_select_related = ["document"]
    search_fields = ["body__names__name", "summary", "document__title"]
    fieldsets = [
        (None, {"fields": ["body", "summary", "document", PERIOD, "review_date"]}),
        ("How we know", {"fields": PROOF}),
    ]


@admin.register(Cadence)
class CadenceAdmin(OfABody):
    list_display = ["body", "rhythm", "start_date", "end_date", "evidence"]
    list_filter = [InForce, "rhythm", "evidence"]
    search_fields = ["body__names__name"]
    fieldsets = [
        (None, {"fields": ["body", "rhythm", PERIOD]}),
        ("How we know", {"fields": PROOF}),
    ]


class MeetingPaperInline(RowsOfAPage, admin.TabularInline):
    model = MeetingPaper
    extra = EMPTY_ROWS
    fields = ["kind", "document"]


# Of pages as they were known on an earlier day (`work_known.py`).
STAYS_READABLE = (
    "Words that you change stay readable on pages as known on an earlier day. To take words away, "
    "delete the {row} and add it anew. If it cannot be deleted, make it not public and add another."
)


class MeetingForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "note": f"{Meeting._meta.get_field('note').help_text} "
            + STAYS_READABLE.format(row="meeting")
        }


@admin.register(Meeting)
class MeetingAdmin(ImportsTables, OfABody):
    import_kind = Meetings
    form = MeetingForm
    list_display = ["body", "starts_at", "place", "status", "is_public"]
    list_display_links = ["body", "starts_at"]
    list_filter = ["status", "is_public", OfBody]
    search_fields = ["body__names__name", "place", "note"]
    fields = ["body", ("starts_at", "ends_at"), "place", "status", "note", "is_public"]
    checks_name_fields = True
    inlines = [MeetingPaperInline]

    def save_model(self, request, obj, form, change):
        if change:
            note_change(obj, form.changed_data)
        super().save_model(request, obj, form, change)

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        if {"body", "starts_at", "status"} & set(form.changed_data):
            # With its body as it is under the lock: somebody may have closed that meanwhile.
            check_body_is_there(Meeting.objects.select_related("body").get(pk=form.instance.pk))
        check_bears_its_decisions(form.instance, form.changed_data)


class DecisionForm(forms.ModelForm):
    class Meta:
        help_texts = {"text": STAYS_READABLE.format(row="decision")}


@admin.register(Decision)
class DecisionAdmin(OfABody):
    form = DecisionForm
    list_display = ["decided_on", "title", "body", "meeting", "is_public"]
    list_display_links = ["title"]
    list_filter = ["is_public", OfBody]
    search_fields = ["title", "text", "body__names__name"]
    fields = ["body", "meeting", "decided_on", "title", "text", "is_public"]
    checks_name_fields = True

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request).select_related("meeting"), "meeting__body")

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        """A decision is of a day that has come, and made at a meeting on that day if at any.

        The meeting is its body's, or that of one which it follows.
        """
        decision, changed = form.instance, set(form.changed_data)
        meeting, body = decision.meeting, decision.body
        if "decided_on" in changed:
            check_has_come(decision.decided_on)
        if meeting is None or not {"meeting", "body", "decided_on"} & changed:
            return
        if not is_of(meeting, body):
            of_another = f"This is no meeting of {with_article(body.name)}. Choose one of its own."
            raise ValidationError({"meeting": of_another})
        check_takes_place(meeting)
        check_is_day_of(decision.decided_on, meeting)
