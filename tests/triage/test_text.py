"""What a text says: its language, tone and intent, whether it sells, and whether it is about us."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.models import Labels, Mention
from socialdesk.triage import Triage
from tests.triage.posts import posts, said

TRIAGE = Triage(("Vela", "Vela Telecom", "@VelaHelp"))


def judged(text: str, **values: object) -> Labels:
    return TRIAGE.assess(said(text, **values))


class TestLanguage:
    @pytest.mark.parametrize(
        ("told", "kept"),
        [("de", "de"), ("pt-BR", "pt-BR"), ("DE", "de"), ("iw", "he"), ("in", "id"), ("ast", "ast")],
    )
    def test_the_platform_is_believed(self, told: str, kept: str) -> None:
        assert judged("the internet is down", language=told).language == kept

    @pytest.mark.parametrize("told", [None, "", "und", "zxx", "qme", "qam", "art", "english", "e", "de_DE?"])
    def test_what_is_no_language_is_found_out(self, told: str | None) -> None:
        assert judged("the internet is down in our street", language=told).language == "en"

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("wo bleibt mein Paket", "de"),
            ("cuándo llega mi paquete", "es"),
            ("cuando llega mi paquete", "es"),
            ("quando chega a minha encomenda", "pt"),
            ("mon colis n'est jamais arrivé", "fr"),
            ("my parcel never arrived", "en"),
            ("non funziona niente da tre giorni", "it"),
            ("ik wacht al drie dagen op mijn pakket", "nl"),
            ("nie działa internet od trzech dni", "pl"),
            ("у меня не работает интернет", "ru"),
            ("у мене не працює інтернет", "uk"),
            ("الإنترنت لا يعمل", "ar"),
            ("荷物が届きません", "ja"),
            ("网络断了三天", "zh"),
            ("인터넷이 안 돼요", "ko"),
            ("δεν έχω ίντερνετ", "el"),
        ],
    )
    def test_words_and_scripts_tell(self, text: str, language: str) -> None:
        assert judged(text).language == language

    @pytest.mark.parametrize(
        "text", ["", "😡😡", "@VelaHelp", "https://a.example/und/der/die", "12345", "#wow"]
    )
    def test_where_there_are_no_words_there_is_no_language(self, text: str) -> None:
        assert judged(text).language is None

    def test_another_detector_may_be_put_in(self) -> None:
        asked: list[str] = []

        def detect(text: str) -> str:
            asked.append(text)
            return "und" if text == "hm" else "pt"

        own = Triage(detect=detect)
        assert own.assess(said("obrigado")).language == "pt"
        assert own.assess(said("hm")).language is None
        assert own.assess(said("obrigado", language="gl")).language == "gl"
        assert asked == ["obrigado", "hm"]


class TestTone:
    @pytest.mark.parametrize(
        ("text", "sentiment", "intent"),
        [
            ("my internet is NOT working", "negative", "complaint"),
            ("since 3 days no internet", "negative", "complaint"),
            ("sooooo slooooow today", "negative", "complaint"),
            ("this is not good", "negative", "complaint"),
            ("not bad at all, thank you", "positive", "praise"),
            ("zero problems, great service", "positive", "praise"),
            ("Thanks for nothing", "negative", "complaint"),
            ("when will it be fixed, still waiting", "negative", "complaint"),
            ("where is the nearest shop?", "neutral", "question"),
            ("do you know if the shop is open", "neutral", "question"),
            ("ich warte immer noch auf den Techniker", "negative", "complaint"),
            ("schon wieder Stoerung", "negative", "complaint"),
            ("Störung behoben, alles läuft wieder, vielen Dank", "positive", "praise"),
            ("kann ich meine Karte in der Filiale abholen", "neutral", "question"),
            ("no funciona nada", "negative", "complaint"),
            ("¿cuándo abren?", "neutral", "question"),
            ("muchísimas gracias, excelente atención", "positive", "praise"),
            ("toujours pas de réseau", "negative", "complaint"),
            ("merci beaucoup, service impeccable", "positive", "praise"),
            ("est-ce que vous livrez le samedi", "neutral", "question"),
            ("nao funciona", "negative", "complaint"),
            ("muito obrigado, atendimento excelente", "positive", "praise"),
            ("vocês abrem no domingo?", "neutral", "question"),
            ("pesimo servicio", "negative", "complaint"),
            ("pe\u0301simo servicio", "negative", "complaint"),
            ("Horrivel o atendimento, que vergonha", "negative", "complaint"),
            ("the door is blue", "neutral", "other"),
            ("❤️", "positive", "praise"),
            ("😡", "negative", "other"),
            ("?", "neutral", "question"),
        ],
    )
    def test_plain_posts(self, text: str, sentiment: str, intent: str) -> None:
        labels = judged(text)
        assert (labels.sentiment, labels.intent) == (sentiment, intent)

    def test_what_cannot_be_read_is_left_open(self) -> None:
        labels = judged("荷物が届きません")
        assert (labels.sentiment, labels.intent) == (None, None)
        assert judged("荷物が届きません 😡").sentiment == "negative"
        assert judged("荷物はどこですか？").intent == "question"
        assert (judged("").sentiment, judged("").intent) == (None, None)

    def test_a_title_is_read_too(self) -> None:
        assert judged("see below", title="Internet not working").intent == "complaint"

    def test_english_in_another_language_is_heard(self) -> None:
        assert judged("der Router ist total useless", language="de").sentiment == "negative"


class TestSpam:
    @pytest.mark.parametrize(
        "text",
        [
            "Claim your free gift card now, click the link https://a.example",
            "Guaranteed profit with my mentor, message her on WhatsApp +1 555 010 0000",
            "Gratis Gewinnspiel, jetzt klicken und Gutschein sichern https://a.example 👉",
            "Gana dinero desde casa, escríbeme al WhatsApp",
            "Prêt rapide sans justificatif, contactez moi par WhatsApp",
            "Ganhe dinheiro sem sair de casa, chama no zap",
        ],
    )
    def test_what_sells_is_spam(self, text: str) -> None:
        labels = judged(text)
        assert labels.spam is True
        assert (labels.intent, labels.reasons[0]) == ("other", "looks like spam")

    @pytest.mark.parametrize(
        "text",
        [
            "I got a text asking me to pay a fee for my parcel, is this really you? http://a.example",
            "My bill is $80 too high and nobody answers on WhatsApp",
            "Ich habe 50 € zu viel bezahlt",
            "Me cobraron 20 euros de más",
            "",
        ],
    )
    def test_customers_are_not(self, text: str) -> None:
        assert judged(text).spam is False

    def test_the_threshold_is_a_setting(self) -> None:
        text = said("win a prize today")
        assert Triage(spam_from=1.0).assess(text).spam is True
        assert Triage(spam_from=100.0).assess(text).spam is False


class TestAboutUs:
    @pytest.mark.parametrize(
        "kind", ["mention", "reply", "comment", "tag", "ask", "direct_message", "review"]
    )
    def test_what_is_addressed_to_us_is_about_us(self, kind: str) -> None:
        assert judged("hm", kind=kind).relevant is True

    @pytest.mark.parametrize(
        ("text", "relevant"),
        [
            ("@velahelp my phone is dead", True),
            ("Vela Telecom is my favourite", True),
            ("VELA TELECOM", True),
            ("no signal with Vela since the storm", True),
            ("seit Montag kein Internet bei Vela", True),
            ("#Vela", True),
            ("we lit a vela in the church and sang a song", False),
            ("la vela de la iglesia y un poema", False),
            ("Mr Vela teaches physics at school", False),
            ("mr vela said so", False),
            ("somebody else entirely", None),
            ("vela", None),
            ("velas", None),
        ],
    )
    @pytest.mark.parametrize("kind", ["search_match", "quote", "other"])
    def test_a_search_may_find_the_word_alone(self, kind: str, text: str, relevant: bool | None) -> None:
        assert judged(text, kind=kind).relevant is relevant

    def test_without_names_nothing_can_be_told(self) -> None:
        nameless = Triage().assess(said("no signal with Vela since the storm", kind="search_match"))
        assert nameless.relevant is None
        assert "may not be about us" not in nameless.reasons

    def test_namesakes_and_topics_are_settings(self) -> None:
        text = said("Vela Nova are on stage", kind="search_match")
        assert Triage(("Vela",), namesakes=("vela nova",)).assess(text).relevant is False
        text = said("vela zipline", kind="search_match")
        assert Triage(("Vela",)).assess(text).relevant is None
        assert Triage(("Vela",), topics=("zipline",)).assess(text).relevant is True

    def test_praise_for_others_is_no_praise_of_ours(self) -> None:
        labels = judged("what a wonderful poem about a vela in the church", kind="search_match")
        assert (labels.relevant, labels.intent, labels.sentiment) == (False, "other", "positive")


# ------------------------------------------------------------------------------------------------------- any text

pieces = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "no ",
            "not ",
            "@",
            "#",
            "http://",
            "ß",
            "é",
            "e\u0301",
            "\u200d",
            "İ",
            "ı",
            "K",
            "’",
            "...",
            "?!",
            "vela ",
        ]
    ),
    st.sampled_from([post.text for part in ("tuning", "hard") for post in posts(part)]),
)


@given(
    st.lists(pieces, max_size=8).map("".join),
    st.sampled_from(["search_match", "mention"]),
    st.none() | st.text(),
)
def test_any_text_is_judged(text: str, kind: str, language: str | None) -> None:
    labels = judged(text, kind=kind, language=language)
    assert labels.priority is not None
    assert labels.spam is not None


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        "a." * 10**5,
        "-" * 10**5,
        "@" * 10**5,
        "no " * 10**5,
        "'" * 10**5,
        "a@" * 10**5,
        "😡" * 10**5,
        "a-" * 10**5 + "/",
    ],
    ids=lambda text: text[:3],
)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    """Only its beginning is looked at, in time that grows with its length and not with the square of it."""
    assert judged(text, kind="search_match").priority is not None
    assert judged("no internet for days. " + text).intent == "complaint"


def test_threads_judge_alike() -> None:
    work = [said(post.text, kind=post.kind) for post in posts("hard")] * 4
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from socialdesk.triage import Triage\n"
        "from tests.triage.posts import posts, said\n"
        "work = [said(post.text, kind=post.kind) for post in posts('hard')]\n"
        "judge = Triage(('Vela',)).assess\n"
        "with ThreadPoolExecutor(8) as pool: first = list(pool.map(judge, work))\n"
        "assert first == [judge(each) for each in work]\n"
    )
    cold = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120
    )
    assert cold.returncode == 0, cold.stderr  # the words are loaded by eight threads at once

    def judge(mention: Mention) -> Labels:
        return TRIAGE.assess(mention)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(judge, work)) == [judge(each) for each in work]


def test_words_are_loaded_when_the_first_post_is_judged() -> None:
    code = (
        "import sys, socialdesk\n"
        "assert not [name for name in sys.modules if name.startswith('socialdesk.triage')]\n"
        "from socialdesk.triage import Triage\n"
        "judge = Triage(('Vela',))\n"
        "assert not [name for name in sys.modules if name.startswith('socialdesk.triage.lexicon.')]\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
