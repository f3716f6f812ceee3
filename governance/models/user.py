from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff of a partner organisation, who signs in."""

    def __str__(self):
        return self.get_full_name() or self.username
