"""The many models of a squashed migration, made in one go.

After each model that a migration makes Django renders every model anew that is related to it, and
here everything is related to everything: one by one ours took ten seconds, together they take one.
"""

from django.db.migrations.operations.base import Operation, OperationCategory


class CreateModels(Operation):
    """Makes these models as if they were one; they may refer to each other in any order."""

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models):
        self.models = models

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # rendered again when it is next asked for
        for each in self.models:
            each.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for each in self.models:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for each in reversed(self.models):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name, app_label):
        return any(each.references_model(name, app_label) for each in self.models)

    def describe(self):
        return f"Create {len(self.models)} models"
