"""What the helpdesk keeps of its own."""

# [answer]
import uuid

from django.db import models

from .desk import get_desk


class Answer(models.Model):
    """What an agent wrote, in the helpdesk's own database."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    mention = models.CharField(max_length=400)
    text = models.TextField()
    handed_over = models.BooleanField(default=False)
    problem = models.TextField(default="")

    class Meta:
        app_label = "django_helpdesk"

    def hand_over(self) -> None:
        """Give the answer to the desk. As often as you like: one key is one answer."""
        get_desk().reply(self.mention, self.text, key=str(self.key))
        self.handed_over = True
        self.save(update_fields=["handed_over"])


# [end]
