"""What can be wrong with a file, in words a researcher understands and can act on."""


class UnreadableDocument(Exception):
    """The file holds no text that could be stored. `reason` says why and what would work."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str]]:
        # Worker processes send these back pickled.
        return type(self), (self.reason,)


class EncryptedDocument(UnreadableDocument):
    """A password is needed to open the file."""


class DamagedDocument(UnreadableDocument):
    """The bytes break off or contradict themselves."""


class EmptyDocument(UnreadableDocument):
    """The file opens, and there is no text in it."""


class TooLarge(UnreadableDocument):
    """The file, or what it would unpack to, is over a cap."""


class UnsupportedFormat(UnreadableDocument):
    """No reader here knows this kind of file."""


class ColumnMissing(UnreadableDocument):
    """A corpus has no column of the name that was asked for."""
