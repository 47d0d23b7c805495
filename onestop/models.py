"""What the frame itself keeps."""
from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a part of the portal that nobody sees at work."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at.isoformat()}"
