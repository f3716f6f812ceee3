from django.contrib import admin
from django.core.exceptions import ValidationError

from governance import readers
from governance.actions import lifecycle, meetings, structure, structure_checks
from governance.admin.base import (
    PERIOD,
    PROOF,
    InForce,
    RowsOfAPage,
    StructureAdmin,
    with_bodies,
    written_in,
)
from governance.admin.lifecycle import CLOSE, MERGE, RENAME, SPLIT, HasDeeds
from governance.admin.lines import LineForm
from governance.admin.translated import TranslatedAdmin
from governance.models import Body, BodyKind, BodyName, ReportingLine, Seat, TermsOfReference

# What closing a body changes; the deed writes it, not the form.
OF_CLOSING = ("end_date", "successor")


@admin.register(BodyKind)
class BodyKindAdmin(StructureAdmin):
    list_display = ["name", "slug", "order", "outside_partnership"]
    list_filter = ["outside_partnership"]
    search_fields = ["name", "plural", "slug"]

    def settle(self, request, form, change):
        if "outside_partnership" in form.changed_data:
            readers.follow_kinds()

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


class BodyNameInline(RowsOfAPage, admin.StackedInline):
    model = BodyName
    extra = 0
    min_num = 1
    fields = [("name", "short_name"), PERIOD, *PROOF]
    ordering = ["start_date"]
    verbose_name = "name"
    verbose_name_plural = (
        "names (to rename the body, choose Rename above, or add a name with its first day here)"
    )


class LineUpInline(RowsOfAPage, admin.StackedInline):
    model = ReportingLine
    form = LineForm
    fk_name = "from_body"
    extra = 0
    classes = ["collapse"]
    fields = [("kind", "to_body"), "respect", PERIOD, *PROOF]
    verbose_name = "line from this body"
    verbose_name_plural = "lines from this body"

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "from_body", "to_body")


class SeatInline(RowsOfAPage, admin.StackedInline):
    model = Seat
    extra = 0
    classes = ["collapse"]
    fields = [("role", "title"), "on_behalf_of", PERIOD, *PROOF]
    show_change_link = True


class TermsInline(RowsOfAPage, admin.StackedInline):
    model = TermsOfReference
    extra = 0
    classes = ["collapse"]
    fields = ["summary", "document", PERIOD, "review_date", *PROOF]
    verbose_name_plural = "terms of reference"


@admin.register(Body)
class BodyAdmin(HasDeeds, StructureAdmin, TranslatedAdmin):
    deeds = (RENAME, CLOSE, MERGE, SPLIT)
    list_display = ["name", "kind", "locality", "start_date", "end_date", "evidence"]
    list_display_links = ["name"]
    list_filter = [InForce, "kind", "locality", "evidence"]
    list_select_related = ["kind", "locality"]
    search_fields = ["slug", "names__name", "names__short_name", "purpose", "remit", "cohort"]
    fieldsets = [
        (None, {"fields": ["slug", "kind", "locality", "stage", "mailbox"]}),
        ("In its own words", {"fields": ["purpose", "remit", "cohort"]}),
        (
            "Time to answer",
            {"fields": [("acknowledge_days", "answer_days"), "climbs_by_itself"]},
        ),
        (
            "When",
            {
                "fields": [PERIOD, "successor"],
                "description": (
                    "To close the body, choose Close above: it shows what rests on the body and "
                    "where each of it goes. If nothing is left without a holder, its last day may "
                    "as well be entered here. To keep it open after all, empty that day again."
                ),
            },
        ),
        ("How we know", {"fields": PROOF}),
    ]
    inlines = [BodyNameInline, LineUpInline, SeatInline, TermsInline]

    def get_queryset(self, request):
        return super().get_queryset(request).named()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "start_date":
            kwargs["help_text"] = (
                "A new body needs its first day. Left empty, it says that the body was there "
                "before our record began."
            )
        if db_field.name in {"acknowledge_days", "answer_days"}:
            kwargs["min_value"] = 1
            kwargs["error_messages"] = {"min_value": "Enter 1 working day or more."}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="name", ordering="name")
    def name(self, body):
        return body.name

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # its address stays for good

    def save_model(self, request, obj, form, change):
        structure.lock_structure()
        obj.closing = {name: getattr(obj, name) for name in OF_CLOSING}
        if change:
            before = Body.objects.get(pk=obj.pk)
            for name in OF_CLOSING:
                setattr(obj, name, getattr(before, name))
        if change and not set(form.changed_data) - {"reason", *OF_CLOSING}:
            self.check_is_as_seen(request, obj.pk)
            return
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        if formset.model is not BodyName:
            super().save_formset(request, form, formset, change)
            return
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            row._change_reason = form.cleaned_data["reason"]
            row.delete()
        for row in sorted(rows, key=lambda row: row.pk is None):
            if self.is_a_renaming(row, form.instance):
                self.rename(request, row, form)
            else:
                row._change_reason = form.cleaned_data["reason"]
                row.save()

    def is_a_renaming(self, row, body):
        """A further name from a day on, with no end of its own."""
        is_open = row.start_date is not None and row.end_date is None
        return row.pk is None and is_open and body.names.exists()

    def rename(self, request, row, form):
        structure.rename(
            body=form.instance,
            name=row.name,
            short_name=row.short_name,
            from_day=row.start_date,
            by=request.user,
            reason=form.cleaned_data["reason"],
            evidence=row.evidence,
            quotation=row.quotation,
            source_title=row.source_title,
            source_url=row.source_url,
            reasoning=row.reasoning,
            decision=row.decision,
        )

    def settle(self, request, form, change):
        if change and set(form.changed_data) & set(OF_CLOSING):
            self.settle_closing(request, form)
        if change and "kind" in form.changed_data:
            readers.follow_kinds()  # last: a closing locks matters, whose deeds wait for readers

    def settle_closing(self, request, form):
        body = form.instance
        given = {"body": body, "by": request.user, "reason": form.cleaned_data["reason"]}
        if body.closing["end_date"]:
            is_planned = form.initial["end_date"] is not None
            close = lifecycle.reschedule if is_planned else lifecycle.close
            close(last_day=body.closing["end_date"], successor=body.closing["successor"], **given)
        elif body.closing["successor"]:
            raise ValidationError(
                {"end_date": "Enter the last day of the body, after which it has a successor."}
            )
        else:
            structure.keep_open(**given)
        for name in OF_CLOSING:
            setattr(body, name, body.closing[name])

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        body = form.instance
        if "start_date" in form.changed_data:
            structure_checks.check_body(body)
            meetings.check_none_is_before(body)
        structure_checks.check_names(body)
        for line in written_in(formsets, ReportingLine):
            structure_checks.check_line(line)
        for seat in written_in(formsets, Seat):
            structure_checks.check_seat(seat)
