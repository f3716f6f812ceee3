class Preparable(str):
    """A statement that a database may parse and plan once for each connection.

    Only for what is done the same way whatever is given with it: a row that is written, or one that
    is found by its key.
    """
