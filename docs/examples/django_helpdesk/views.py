"""The pages that agents use."""

# [views]
import uuid

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from .desk import get_desk
from .models import Answer


@require_GET
def inbox(request: HttpRequest) -> JsonResponse:
    order = "spread" if "spread" in request.GET else "newest"
    mentions = get_desk().mentions(answered=False, order=order)
    return JsonResponse({"mentions": [mention.model_dump(mode="json") for mention in mentions]})


@require_POST
@transaction.atomic
def answer(request: HttpRequest, mention: str) -> JsonResponse:
    written = Answer.objects.create(mention=mention, text=request.POST["text"])
    transaction.on_commit(written.hand_over, robust=True)
    return JsonResponse({"key": str(written.key)}, status=202)


# [end]


# [together]
@require_POST
@transaction.atomic
def answer_together(request: HttpRequest, mention: str) -> JsonResponse:
    """Where the desk has its tables in Django's database: the row and the answer, or neither."""
    written = Answer.objects.create(
        key=uuid.UUID(request.POST["key"]), mention=mention, text=request.POST["text"], handed_over=True
    )
    receipt = get_desk().within(connection).reply(mention, written.text, key=str(written.key))
    return JsonResponse({"key": receipt.key}, status=202)


# [end]
