"""Many steps of a migration, done in one go.

After each step Django renders every model anew that is related to what it changed, and here
everything is related to everything: one by one ours took ten seconds, together they take one.
"""

from django.db.migrations.operations.base import Operation, OperationCategory


class Together(Operation):
    """Steps of which none needs the outcome of another: making models, or changing indexes.

    Models may refer to each other in any order. On SQLite a changed field makes its table anew, as
    it was before all of them: such steps cannot be among these.
    """

    category = OperationCategory.MIXED
    serialization_expand_args = ["steps"]

    def __init__(self, steps):
        self.steps = steps

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # rendered again when it is next asked for
        for each in self.steps:
            each.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for each in self.steps:
            each.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for each in reversed(self.steps):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name, app_label):
        return any(each.references_model(name, app_label) for each in self.steps)

    def describe(self):
        return f"{len(self.steps)} steps: {self.steps[0].describe()} …"
