"""What Django does with a file while it arrives."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUploadHandler(FileUploadHandler):
    """First in the row of handlers: beyond the largest file that any form takes, the rest is thrown away as it comes.

    The handlers after it keep one piece more than the limit, so the form sees that the file was too large and
    says so, and neither memory nor disk ever holds more.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.kept > max(settings.SCAN_MB, settings.DRAFT_MB) * 1_000_000:
            return None
        self.kept += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one make the file."""
