"""Forms in which one of some rows is chosen."""

from django import forms


class RowChoices(forms.Form):
    """Cleaned, a field of `offer` holds the row that was chosen, or None."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.rows = {}

    def offer(self, name, empty, rows, *, key="pk", label=str):
        """Let one of these rows be chosen, or none, which is called `empty`."""
        self.rows[name] = {str(getattr(row, key)): row for row in rows}
        self.fields[name].choices = [
            ("", empty),
            *((value, label(row)) for value, row in self.rows[name].items()),
        ]

    def clean(self):
        cleaned = super().clean()
        for name, rows in self.rows.items():
            if name in cleaned:
                cleaned[name] = rows.get(cleaned[name])
        return cleaned


def with_chosen(rows, chosen):
    """The rows that are offered, and the one that was chosen before, should it not be one."""
    rows = list(rows)
    return rows if chosen is None or chosen in rows else [*rows, chosen]
