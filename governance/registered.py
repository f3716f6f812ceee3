"""Lists that each app adds to when it starts, so that no app needs to know those above it."""


class Registered(list):
    """Parts, each of one `key`, in the `order` that they ask for."""

    def register(self, *parts):
        """Add those that are not there yet."""
        for part in parts:
            if all(part.key != there.key for there in self):
                self.append(part)
        self.sort(key=lambda part: part.order)
