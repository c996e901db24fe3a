"""What can be asked of Pages, people and the app.

https://developers.facebook.com/docs/graph-api/reference/page
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .asking import Field
from .kinds_messages import CONVERSATIONS
from .listings import Listed, feed, ratings, tagged, tell_listed
from .paging import Listing
from .problems import Refused
from .state import Page, Person
from .telling import KINDS, Edge, Kind, View, pick, tell

PAGE_SILENT = frozenset(
    (
        "ad_campaign affiliation app_id artists_we_like attire available_promo_offer_ids awards band_interests "
        "band_members best_page bio birthday booking_agent breaking_news_usage built business can_checkin checkins "
        "company_overview connected_instagram_account connected_page_backed_instagram_account contact_address "
        "copyright_attribution_insights copyright_whitelisted_ig_partners country_page_likes cover culinary_team "
        "current_location delivery_and_pickup_option_info description description_html differently_open_offerings "
        "directed_by display_subtext displayed_message_response_time does_viewer_have_page_permission_link_ig emails "
        "engagement featured_video features food_styles founded general_info general_manager genre "
        "global_brand_page_name global_brand_root_id has_added_app has_lead_access "
        "has_transitioned_to_new_page_experience has_whatsapp_business_number has_whatsapp_number hometown hours "
        "impressum influences instagram_business_account is_always_open is_calling_eligible is_chain "
        "is_community_page is_eligible_for_branded_content "
        "is_eligible_for_disable_connect_ig_btn_for_non_page_admin_am_web is_messenger_bot_get_started_enabled "
        "is_messenger_platform_bot is_owned is_permanently_closed is_unclaimed is_webhooks_subscribed keywords "
        "leadgen_tos_acceptance_time leadgen_tos_accepted leadgen_tos_accepting_user location members merchant_id "
        "merchant_review_status messaging_feature_status messenger_ads_default_icebreakers "
        "messenger_ads_default_quick_replies messenger_ads_quick_replies_type mini_shop_storefront mission mpg "
        "name_with_location_descriptor network new_like_count offer_eligible overall_star_rating owner_business "
        "page_backed_threads_account_id page_token parent_page parking payment_options personal_info "
        "personal_interests pharma_safety_info phone pickup_options place_type plot_outline preferred_audience "
        "press_contact price_range priority_hours privacy_info_url produced_by products promotion_eligible "
        "promotion_ineligible_reason public_transit recipient record_label release_date restaurant_services "
        "restaurant_specialties schedule screenplay_by season single_line_address starring start_info store_code "
        "store_location_descriptor store_number studio supports_donate_button_in_live_video talking_about_count "
        "temporary_status unread_notif_count unseen_message_count user_access_expire_time voip_info website "
        "were_here_count whatsapp_number written_by"
    ).split()
)


PROFILE_SILENT = frozenset(
    "can_post link pic pic_crop pic_large pic_small pic_square profile_type username".split()
)
"""What can be asked of whoever liked something, person or Page."""


@dataclass(frozen=True, slots=True)
class App:
    """The developer app."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A Page in the list of a person's Pages."""

    page: Page
    tasks: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.page.id

    @property
    def key(self) -> tuple[int, int]:
        return 0, int(self.page.id)


def _page_token(view: View, page: Page) -> str | None:
    """The Page's token, for those with a role on it."""
    token = view.caller.token
    if token is None or not view.sandbox.keyring.tasks_of(view.caller, page):
        return None
    return view.caller.text if token.page is page else view.sandbox.keyring.for_page(token, page).text


def _unread(view: View, page: Page) -> int:
    return sum(there.unread for there in view.sandbox.world.inbox.of(page))


def _picture(url: str) -> dict[str, Any]:
    return {"data": {"height": 50, "is_silhouette": False, "url": url, "width": 50}}


Tells = Mapping[str, Callable[[View, Any], Any]]

_PAGE: Tells = {
    "about": lambda view, page: page.about or None,
    "access_token": _page_token,
    "can_post": lambda view, page: True,
    "category": lambda view, page: page.category,
    "category_list": lambda view, page: [{"id": "2239", "name": page.category}],
    "fan_count": lambda view, page: page.followers,
    "followers_count": lambda view, page: page.followers,
    "id": lambda view, page: page.id,
    "is_published": lambda view, page: True,
    "is_verified": lambda view, page: False,
    "link": lambda view, page: f"https://www.facebook.com/{page.id}",
    "name": lambda view, page: page.name,
    "picture": lambda view, page: _picture(
        f"https://scontent.xx.fbcdn.net/v/t39/{page.id}_n.png?oe=6A000000"
    ),
    "rating_count": lambda view, page: sum(not one.deleted for one in page.ratings),
    "unread_message_count": _unread,
    "username": lambda view, page: page.handle,
    "verification_status": lambda view, page: "not_verified",
}


def _face(person: Person) -> str:
    return person.picture or f"https://platform-lookaside.fbsbx.com/platform/profilepic/?psid={person.id}"


_PERSON: Tells = {
    "first_name": lambda view, person: person.first_name,
    "id": lambda view, person: person.id,
    "last_name": lambda view, person: person.last_name,
    "name": lambda view, person: person.name,
    "picture": lambda view, person: _picture(_face(person)),
    "profile_pic": lambda view, person: _face(person),
}


def _accounts(view: View, person: Person, params: Mapping[str, str]) -> Listing:
    if view.caller.user is not person or view.caller.kind != "USER":
        raise Refused.gone("GET", person.id)
    world, listed = view.sandbox.world, []
    for (who, page_id), tasks in view.sandbox.keyring.tasks.items():
        page = world.actors.get(page_id)
        if who == person.id and isinstance(page, Page):
            listed.append(Account(page, tasks))
    return Listing(sorted(listed, key=lambda one: one.key), newest_first=False)


def _tell_account(view: View, account: Account, asked: Sequence[Field]) -> Any:
    told = {}
    for one in asked:
        if one.name == "tasks":
            told[one.alias] = list(account.tasks)
        else:
            told |= tell(view, account.page, (one,))
    return {**told, "id": account.id}


def _blocked(view: View, page: Page, params: Mapping[str, str]) -> Listing:
    wanted = params.get("user") or params.get("uid")
    listed = [Listed((0, n), one) for n, one in enumerate(page.banned.values()) if wanted in (None, one.id)]
    return Listing(listed, newest_first=False)


def _subscribed(view: View, page: Page, params: Mapping[str, str]) -> Listing:
    app = view.sandbox.app
    fields = page.subscribed.get(app.id)
    told = [] if fields is None else [Subscribed(app, fields)]
    return Listing(told, newest_first=False)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """An app that a Page is subscribed to."""

    app: App
    fields: tuple[str, ...]
    key: tuple[int, int] = (0, 0)


def _tell_subscribed(view: View, one: Subscribed, asked: Sequence[Field]) -> Any:
    told: dict[str, Any] = {
        "link": f"https://www.facebook.com/games/?app_id={one.app.id}",
        "name": one.app.name,
    }
    told |= {"id": one.app.id, "subscribed_fields": list(one.fields)}
    return pick(told, asked, frozenset(told) | {"category"})


_WALL = frozenset(("include_hidden", "limit", "show_expired", "with"))
_POSTED = ("created_time", "story", "message")
_OTHERS = ("pages_read_engagement", "pages_read_user_content")

PAGE = Kind(
    "Page",
    _PAGE,
    ("name",),
    {
        "blocked": Edge(_blocked, ("name", "id"), frozenset(("uid", "user")), own=True, tell=tell_listed),
        "conversations": CONVERSATIONS,
        "feed": Edge(feed(lambda page, post: True), _POSTED, _WALL),
        "posts": Edge(feed(lambda page, post: post.author is page), _POSTED, _WALL),
        "published_posts": Edge(feed(lambda page, post: post.author is page), _POSTED, _WALL),
        "ratings": Edge(
            ratings,
            ("created_time", "recommendation_type", "review_text", "reviewer"),
            scopes=_OTHERS,
            own=True,
        ),
        "subscribed_apps": Edge(
            _subscribed,
            ("link", "name", "id", "subscribed_fields"),
            scopes=("pages_manage_metadata",),
            own=True,
            tell=_tell_subscribed,
        ),
        "tagged": Edge(tagged, (*_POSTED, "id"), scopes=_OTHERS),
        "visitor_posts": Edge(feed(lambda page, post: post.author is not page), _POSTED, _WALL, _OTHERS),
    },
    PAGE_SILENT | PROFILE_SILENT,
)
_ACCOUNT = ("access_token", "category", "category_list", "name", "id", "tasks")
PERSON = Kind(
    "User",
    _PERSON,
    ("first_name", "last_name", "profile_pic"),
    {"accounts": Edge(_accounts, _ACCOUNT, scopes=("pages_show_list",), tell=_tell_account)},
    PROFILE_SILENT | {"gender", "locale", "timezone", "email"},
)
APP = Kind(
    "Application",
    {"id": lambda view, app: app.id, "name": lambda view, app: app.name, "link": lambda view, app: None},
    ("link", "name"),
    silent=frozenset(("category", "description", "namespace")),
)

KINDS.add(Page, PAGE)
KINDS.add(Person, PERSON)
KINDS.add(App, APP)
