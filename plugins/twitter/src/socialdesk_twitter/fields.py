"""What requests ask for, in either generation of X's field names.

https://docs.x.com/x-api/fundamentals/fields and https://docs.x.com/x-api/fundamentals/expansions
"""

from __future__ import annotations

from datetime import datetime

__all__ = ["MESSAGE_PARAMS", "POST_PARAMS", "USER_FIELDS", "moment_text", "post_params"]

USER_FIELDS = "name,username,verified,verified_type,protected,profile_image_url,public_metrics"
_MEDIA_FIELDS = "media_key,type,url,preview_image_url,alt_text,variants,width,height,duration_ms"
_CONTACT = "receives_your_dm,connection_status"
"""What a person is to the account: told only where the account itself asks."""
_COMMON = (
    "attachments,community_id,conversation_id,created_at,edit_controls,entities,lang,possibly_sensitive,"
    "public_metrics,reply_settings,withheld"
)

POST_PARAMS = {
    "tweet": {
        "tweet.fields": f"{_COMMON},author_id,edit_history_tweet_ids,in_reply_to_user_id,note_tweet,referenced_tweets",
        "expansions": (
            "author_id,referenced_tweets.id,referenced_tweets.id.author_id,attachments.media_keys,"
            "referenced_tweets.id.attachments.media_keys,edit_history_tweet_ids"
        ),
        "user.fields": USER_FIELDS,
        "media.fields": _MEDIA_FIELDS,
    },
    "post": {  # where these names hold, who wrote it and what it answers come by expansion only
        "post.fields": f"{_COMMON},note_post",
        "expansions": (
            "author_id,referenced_posts,in_reply_to_user_id,attachments.media_keys,edit_history_post_ids"
        ),
        "user.fields": USER_FIELDS,
        "media.fields": _MEDIA_FIELDS,
    },
}
"""The query of every request that lists posts, by the setting ``names``."""


_OF_ACCOUNT = {
    names: {**params, "user.fields": f"{USER_FIELDS},{_CONTACT}"} for names, params in POST_PARAMS.items()
}
_MESSAGE = {
    "event_types": "MessageCreate",
    "expansions": "sender_id,attachments.media_keys",
    "user.fields": f"{USER_FIELDS},{_CONTACT}",
    "media.fields": _MEDIA_FIELDS,
}
_MESSAGE_FIELDS = "id,event_type,text,created_at,dm_conversation_id,attachments,entities"

MESSAGE_PARAMS = {
    "tweet": {**_MESSAGE, "dm_event.fields": f"{_MESSAGE_FIELDS},sender_id"},
    "post": {**_MESSAGE, "dm_event.fields": _MESSAGE_FIELDS},
}
"""The query of every request that lists direct messages, by the setting ``names``."""


def post_params(names: str, *, as_user: bool) -> dict[str, str]:
    """The query of a request that lists posts; the account itself also asks who takes direct messages from it."""
    return (_OF_ACCOUNT if as_user else POST_PARAMS)[names]


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second, as the platform takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
