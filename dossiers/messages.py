"""Messages to citizens about their dossiers."""

from datetime import datetime
from typing import Any

from dossiers.models import Dossier


def tell(dossier: Dossier, event: str, *, at: datetime, key: str, **values: Any) -> None:
    """Queue the message of `event` to whoever filed the dossier, in the transaction of the act."""
