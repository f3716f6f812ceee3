"""The pages on which governance administrators import seats and meetings from a file."""

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from governance import tables
from governance.actions import importing
from localities.admin_base import REASON_LENGTH

PREVIEW_SECONDS = 12 * 60 * 60  # a working day, as long as people stay signed in


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "invalid": "Choose a file.",
            "empty": "The file is empty. Choose another.",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        return tables.text_of(file.read(tables.LARGEST_FILE + 1))


class ConfirmForm(forms.Form):
    """The reason; the file's content and the version it was judged by come along, signed."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Why this is changed, and who decided it. Kept in the history of every row.",
        error_messages={"required": "Enter the reason for this import."},
    )
    preview = forms.CharField(widget=forms.HiddenInput)


class ImportsTables:
    """Adds to the admin of a model a page that imports rows of it, as an `import_kind` does."""

    import_kind = None
    change_list_template = "admin/governance/importable_change_list.html"

    def get_urls(self):
        model = self.opts.model_name
        name = f"governance_{model}_import"
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name=name),
            path("import/sample/", view(require_GET(self.sample_view)), name=f"{name}_sample"),
            *super().get_urls(),
        ]

    def sample_view(self, request):
        self.check_may_import(request)
        answer = HttpResponse(
            "\ufeff" + self.import_kind.sample, content_type="text/csv; charset=utf-8"
        )
        name = f"{self.opts.verbose_name_plural}-sample.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def import_view(self, request):
        """The file is chosen, looked through row by row, and taken in with a reason."""
        self.check_may_import(request)
        if request.method == "POST" and "preview" in request.POST:
            return self.confirm(request)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if form.is_bound and form.is_valid():
            try:
                return self.show_preview(request, form.cleaned_data["file"])
            except ValidationError as refusal:
                form.add_error("file", refusal.messages)
        return self.show_form(request, form)

    def confirm(self, request):
        try:
            text, version = self.open(request)
        except signing.BadSignature:
            form = FileForm({}, {})
            form.errors.clear()
            form.add_error("file", "The preview is too old. Choose the file again.")
            return self.show_form(request, form)
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.show_preview(request, text, form)
        reason = form.cleaned_data["reason"]
        report = importing.carry_out(
            self.import_kind, text=text, by=request.user, reason=reason, version=version
        )
        if not report.is_done:
            messages.warning(
                request,
                "Nothing was imported: the structure has changed since you looked. Look through "
                "the rows once more.",
            )
            return self.show_preview(request, text, ConfirmForm(initial={"reason": reason}))
        messages.success(request, f"Imported: {in_numbers(report)}.")
        return HttpResponseRedirect(reverse(f"admin:governance_{self.opts.model_name}_changelist"))

    def show_form(self, request, form):
        return self.page(request, "importing_file", {"form": form})

    def show_preview(self, request, text, form=None):
        report = importing.preview(self.import_kind, text=text, by=request.user)
        return self.page(
            request,
            "importing_preview",
            {
                "form": form or ConfirmForm(),
                "report": report,
                "in_numbers": in_numbers(report),
                "preview": self.sealed(request, text, report.version),
            },
        )

    def page(self, request, template, context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Import {self.opts.verbose_name_plural}",
            "columns": self.import_kind.columns,
            "needed": self.import_kind.needed,
            "kilobytes": tables.LARGEST_FILE // 1024,
            "lines": tables.MOST_LINES,
            **context,
        }
        return TemplateResponse(request, f"admin/governance/{template}.html", context)

    # --- What lies between the preview and the confirmation ---------------------------------------

    def sealed(self, request, text, version):
        return signing.dumps([text, version], salt=self.salt(request), compress=True)

    def open(self, request):
        sealed = request.POST["preview"]
        return signing.loads(sealed, salt=self.salt(request), max_age=PREVIEW_SECONDS)

    def salt(self, request):
        """A preview is for who saw it, and for one kind of row."""
        return f"governance.importing.{self.opts.model_name}.{request.user.pk}"

    def check_may_import(self, request):
        if not request.standing.is_governance_administrator:
            raise PermissionDenied("Only governance administrators may import.")


def in_numbers(report):
    """“2 added, 1 changed”"""
    return ", ".join(f"{number} {outcome}" for outcome, number in report.numbers.items() if number)
