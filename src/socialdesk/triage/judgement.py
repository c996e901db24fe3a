"""The judgement of one mention: what it says, how far it carries, and so how soon an agent should see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from typing import NamedTuple

from socialdesk.models import Labels, Mention
from socialdesk.triage.languages import detect, primary, told
from socialdesk.triage.lexicon import LANGUAGES
from socialdesk.triage.reach import counted, grown, scaled, spread_of
from socialdesk.triage.relevance import is_relevant, names_of
from socialdesk.triage.spam import spam_score
from socialdesk.triage.text import Post, read_post
from socialdesk.triage.tone import Intent, Sentiment, hear, intent_of, sentiment_of

__all__ = ["Triage", "Weights"]

_GONE = frozenset({"deleted", "hidden", "withheld", "unavailable"})
_ASKED = {"complaint": "complaint", "question": "asks a question", "praise": "praise"}
_DIRECT = {
    "direct_message": "wrote to us directly",
    "mention": "names us",
    "reply": "replied to us",
    "ask": "asked us",
    "review": "reviewed us",
    "tag": "tagged us",
    "comment": "commented on our post",
}
_WORTH_TELLING = 1.0
"""Points under which a number is no reason: everybody has some followers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How many points each thing gives. A complaint by somebody whom few know has about 35 points in all.

    Counts are taken by their logarithm: the first number is what ten times as many give, the second from where on
    they count. ``half`` is how many points take a priority half of the way to 1.
    """

    complaint: float = 30
    question: float = 18
    praise: float = 8
    other: float = 5
    negative: float = 4
    direct: float = 5
    followers: tuple[float, float] = (10, 1_000)
    views: tuple[float, float] = (6, 10_000)
    spread: tuple[float, float] = (8, 10)
    growth: tuple[float, float] = (20, 20)
    attention: tuple[float, float] = (4, 50)
    carried: float = 0.02
    unsure: float = 0.7
    irrelevant: float = 0.15
    spam: float = 0.03
    gone: float = 0.2
    half: float = 35

    def __post_init__(self) -> None:
        pairs = (self.followers, self.views, self.spread, self.growth, self.attention)
        points = (
            self.complaint,
            self.question,
            self.praise,
            self.other,
            self.negative,
            self.direct,
            self.carried,
        )
        factors = (self.unsure, self.irrelevant, self.spam, self.gone)
        if min(points) < 0 or min(size for size, _ in pairs) < 0:
            raise ValueError("a weight is not negative: what spreads further would stand lower")
        if min(unit for _, unit in pairs) <= 0 or self.half <= 0:
            raise ValueError("where a count begins to count, and half, are above zero")
        if not all(0 <= factor <= 1 for factor in factors):
            raise ValueError("unsure, irrelevant, spam and gone are between 0 and 1: they push down")


@dataclass(frozen=True)
class Triage:
    """Judges mentions. A value without state: any number of threads may use one. Does no I/O and reads no clock.

    ``about`` are the names under which people speak of the company: phrases, and handles with their ``@``.
    ``namesakes`` are phrases in which a name means something else, as in ``("mango chutney",)``. ``topics`` are
    further words that only people write who mean the company. ``detect`` finds the language of a text in place of
    the words built in. ``spam_from`` is how much must speak for spam. ``shortest`` is the least time for which growth
    is reckoned, since one repost within a second is no flood.
    """

    about: tuple[str, ...] = ()
    _: KW_ONLY
    namesakes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    weights: Weights = field(default_factory=Weights)
    spam_from: float = 4.0
    shortest: timedelta = timedelta(minutes=5)
    detect: Callable[[str], str | None] | None = None

    def __post_init__(self) -> None:
        for name in ("about", "namesakes", "topics"):
            if isinstance(getattr(self, name), str):
                raise TypeError(f"{name} is a tuple of names, not one text")
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.shortest <= timedelta(0):
            raise ValueError("shortest is above zero")

    def assess(self, mention: Mention, before: Mention | None = None) -> Labels:
        """What can be said of a mention; raises nothing of its own, whatever the text and the counts.

        ``before`` is the last reading of the same mention, None where it is first heard: the reposts' growth is what
        came since. Without it, growth is reckoned from when the mention was posted. ``priority`` and ``spam`` are
        always told; of the other labels, None means that it cannot be told. The same two mentions give the same labels.
        """
        heard = self._read(mention)
        if mention.direction != "inbound" or mention.author.is_self:
            return heard.labels(priority=0.0, reasons=("our own",))
        reasons = sorted(self._points(mention, before, heard), key=lambda point: -point[0])
        carried = {name: points for points, _, name in reasons if name}
        total = sum(points for points, _, _ in reasons)
        total += self.weights.carried * carried.get("followers", 0.0) * carried.get("growth", 0.0)
        pushed = tuple(self._pushed(mention, heard))
        for factor, _ in pushed:
            total *= factor
        told_first = tuple(reason for _, reason in pushed if reason)
        words = tuple(reason for points, reason, _ in reasons if reason and points >= _WORTH_TELLING)
        return heard.labels(priority=1 - 2 ** (-total / self.weights.half), reasons=told_first + words)

    def _read(self, mention: Mention) -> _Heard:
        text = mention.text if mention.title is None else f"{mention.title}\n{mention.text}"
        post = read_post(text)
        language = told(mention.language) or self._detected(text, post)
        judged = primary(language) if language is not None else None
        tone = hear(post, judged)
        is_spam = spam_score(text, post, tone, judged) >= self.spam_from
        names = names_of(self.about, self.namesakes, self.topics)
        relevant = is_relevant(mention, post, tone, judged, names)
        intent: Intent | None = None
        sentiment: Sentiment | None = None
        if tone.is_heard or (post.words and (judged is None or judged in LANGUAGES)):
            intent = "other" if is_spam else intent_of(tone, is_foreign=relevant is False)
            sentiment = sentiment_of(tone, intent)
        elif is_spam:
            intent = "other"
        return _Heard(language, sentiment, intent, is_spam, relevant)

    def _detected(self, text: str, post: Post) -> str | None:
        return detect(post) if self.detect is None else told(self.detect(text))

    def _points(
        self, mention: Mention, before: Mention | None, heard: _Heard
    ) -> Iterator[tuple[float, str, str]]:
        """(points, reason, name) of all that raises a mention."""
        weights, metrics = self.weights, mention.metrics
        intent = heard.intent or "other"
        yield getattr(weights, intent), _ASKED.get(intent, ""), ""
        if heard.sentiment == "negative":
            yield weights.negative, "" if intent == "complaint" else "sounds unhappy", ""
        if mention.kind in _DIRECT:
            yield weights.direct, _DIRECT[mention.kind], ""
        growth = grown(mention, before)
        if growth is not None:
            yield _sized(weights.growth, growth.per_hour(self.shortest)), growth.told(), "growth"
        attention = [max(0, count) for count in (metrics.likes, metrics.replies) if count is not None]
        spread = spread_of(metrics)
        for pair, count, thing in (
            (weights.followers, mention.author.followers, "followers"),
            (weights.views, metrics.views, "views"),
            (weights.spread, spread, "reposts"),
            (weights.attention, sum(attention) if attention else None, "likes and replies"),
        ):
            if count is not None and count > 0:
                is_told = thing == "reposts" and growth is not None and growth.more == count
                yield _sized(pair, count), "" if is_told else counted(count, thing), thing

    def _pushed(self, mention: Mention, heard: _Heard) -> Iterator[tuple[float, str]]:
        """(factor, reason) of all that pushes a mention down."""
        if heard.is_spam:
            yield self.weights.spam, "looks like spam"
        if heard.relevant is False:
            yield self.weights.irrelevant, "not about us"
        elif heard.relevant is None and self.about:
            yield self.weights.unsure, "may not be about us"
        if mention.state in _GONE:
            yield self.weights.gone, mention.state


def _sized(pair: tuple[float, float], count: float) -> float:
    size, unit = pair
    return size * scaled(count, unit)


class _Heard(NamedTuple):
    """What the text says."""

    language: str | None
    sentiment: Sentiment | None
    intent: Intent | None
    is_spam: bool
    relevant: bool | None

    def labels(self, *, priority: float, reasons: tuple[str, ...]) -> Labels:
        return Labels(
            language=self.language,
            sentiment=self.sentiment,
            intent=self.intent,
            spam=self.is_spam,
            relevant=self.relevant,
            priority=priority,
            reasons=reasons,
        )
