from governance.models.user import User

__all__ = ["User"]
