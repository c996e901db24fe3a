"""What requests ask for, by what is listed. A field that a node does not have is refused outright.

https://developers.facebook.com/docs/graph-api/reference/page-post and the pages beside it
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COMMENT", "CONVERSATION", "FIELDS", "MESSAGE", "POST", "REVIEW"]

POST = (
    "id,message,created_time,updated_time,from,permalink_url,is_hidden,is_published,status_type,parent_id,"
    "message_tags,attachments{type,media_type,title,url,media,target,subattachments},can_reply_privately,shares,"
    "comments.filter(stream).limit(0).summary(true)"
)
COMMENT = (
    "id,message,created_time,from,parent{id},object{id},attachment,message_tags,is_hidden,is_private,can_comment,"
    "can_hide,can_like,can_remove,can_reply_privately,comment_count,like_count,permalink_url"
)
MESSAGE = (
    "id,created_time,from,to,message,attachments{id,mime_type,name,size,image_data,video_data,file_url},shares,"
    "sticker,is_unsupported,reply_to"
)
CONVERSATION = f"id,updated_time,participants,messages.limit(20){{{MESSAGE}}}"
REVIEW = (
    "created_time,has_rating,has_review,rating,recommendation_type,review_text,reviewer,open_graph_story{id}"
)

FIELDS: Mapping[str, str] = {"post": POST, "comment": COMMENT, "message": MESSAGE}
"""What a lookup asks for, by the kind of what is looked up."""
