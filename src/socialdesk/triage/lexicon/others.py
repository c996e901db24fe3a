"""What is not of one language: emoji, scripts, endings, and common words of languages that are told but not judged."""

RIVALS = {
    "it": """
il lo gli di che non per una con sono mi ho hai ha abbiamo avete hanno è perché più anche come quando dove chi cosa
questo questa quello della del delle dei nel nella alla al dal dalla sul ma se io tu noi voi loro ci vi ne già
ancora sempre mai oggi ieri domani grazie ciao buongiorno buonasera molto troppo bene male fa fatto stato stata
essere avere vostro vostra nostro mio mia tutto tutti niente nessuno dopo prima giorni ore mesi settimane anni volta
senza oppure allora quindi proprio adesso servizio qualcuno potete posso
""",
    "nl": """
het een van niet dat ik je is zijn wij jullie hij zij maar ook nog wel geen voor met naar bij aan op om te uit over
door als dan wat wie waar waarom wanneer hoe deze die dit daar hier heb heeft hebben had was waren wordt worden kan
kunnen moet moeten wil willen gaat gaan mijn jouw ons onze hun veel heel erg goed slecht altijd nooit weer al steeds
sinds dagen uur weken maanden jaar vandaag gisteren morgen dank bedankt hallo alsjeblieft iemand niemand iets niets
alles werkt krijg krijgen zo toch eens gewoon
""",
    "ca": """
els les amb per què perquè això aquest aquesta molt també però només encara gràcies bon dia som està estic tinc vull
fer dels pels una un que no ni més sense fins avui ahir demà si us plau
""",
    "ro": """
și este sunt nu pe cu pentru din mai dar sau că în la de ce cum când unde cine am ai are avem aveți au foarte bine
mulțumesc vă rog bună ziua acum încă doar toate nimic niciodată zile ore luni ani
""",
    "sv": """
och att det som är jag inte med på för av den har till en ett om var men de vi ni han hon kan ska vill från nu när
hur varför vad här där mycket bra tack hej idag igår imorgon alltid aldrig dagar timmar vecka någon ingen
""",
    "da": """
og at det er jeg ikke med på for af den har til en et om var men de vi han hun kan skal vil fra nu når hvordan
hvorfor hvad her der meget godt tak hej dag går morgen altid aldrig dage timer uge nogen ingen jeres mit
""",
    "no": """
og at det er jeg ikke med på for av den har til en et om var men de vi dere han hun kan skal vil fra nå når hvordan
hvorfor hva her der veldig bra takk hei dag går morgen alltid aldri dager timer uke noen ingen
""",
    "fi": """
ja on ei se että en mutta kun niin tai jos minä sinä hän me te he oli ovat ole olen mitä miksi milloin missä kuka
nyt vielä aina ikinä kiitos hei hyvä huono päivä päivää tuntia viikkoa kaikki mitään paljon
""",
    "pl": """
i w nie na to że z do się jest jak ale po co za tak od czy mnie ja mi już tylko jestem są był była było być mam ma
macie kiedy gdzie dlaczego dziękuję dzięki proszę dzień dobry bardzo dobrze zawsze nigdy dni godzin tydzień ktoś
nikt nic wszystko
""",
    "cs": """
a je se na to že v do s z jsem není jak ale co tak už jen když kde proč kdy děkuji díky prosím dobrý den velmi dobře
vždy nikdy dní hodin týden někdo nikdo nic všechno jsou byl byla bylo mám máte
""",
    "hu": """
a az és hogy nem is egy van de meg ez csak már még mint mert vagy ha volt lesz nincs én te ő mi ti ők mikor hol
miért mit köszönöm kérem jó napot nagyon mindig soha nap óra hét valaki senki semmi minden
""",
    "tr": """
ve bir bu da de için ne çok ama gibi daha var yok mı mi ben sen biz siz onlar nasıl neden niye zaman nerede kim
teşekkürler teşekkür ederim merhaba lütfen günaydın bugün dün yarın hiç her gün saat hafta ay yıl değil oldu olan
""",
    "id": """
yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya aku kamu anda kami kita mereka ada sudah belum
bisa apa kenapa kapan dimana bagaimana siapa terima kasih tolong selamat pagi hari jam minggu bulan tahun nggak gak
banget sangat
""",
}
"""Language -> its commonest words, so that Italian is not taken for Spanish. They are told, and not judged."""

ENDINGS = {
    "de": "ung ungen keit heit lich isch chen ieren iert schaft tig bar los eicht icht",
    "en": "ing tion ness ful ight ould ally ough ever tly",
    "es": "ción ciones dad ando iendo mente aron ieron amos ía ías ísimo ísima ito ita ción sión",
    "fr": "tion eur eux euse ment aux elle ette aient ait ais ique oir ère ées ée iez ons ille",
    "it": "zione zioni ità ando endo mente ggio cchi ccio ssimo ssima etto etta ette anno ato",
    "nl": "ijk ing heid aar oor eer eel isch oon uur",
    "pt": "ção ções dade ando indo mente aram eram iram amos ão ões inho inha eiro eira gem ível",
}
"""Language -> endings of its words of five letters and more."""

LETTERS = {
    "ñ": "es es es ca",
    "¿¡": "es es es es",
    "ãõ": "pt pt pt",
    "ß": "de de de de",
    "ä": "de sv fi",
    "ö": "de sv tr hu fi",
    "ü": "de de tr hu",
    "ç": "fr pt tr ca",
    "œ": "fr fr fr",
    "è": "fr it ca",
    "ù": "fr it",
    "êô": "fr pt",
    "â": "fr pt ro",
    "î": "fr ro",
    "û": "fr",
    "ëï": "fr nl",
    "à": "fr it pt ca",
    "ò": "it it ca",
    "ì": "it it",
    "áíú": "es pt cs hu",
    "é": "fr es pt hu cs",
    "ó": "es pt pl hu",
    "øæ": "da no",
    "å": "sv da no",
    "łżąę": "pl pl",
    "źść": "pl",
    "řěů": "cs cs",
    "čšž": "cs",
    "őű": "hu hu",
    "ğış": "tr tr",
    "ășț": "ro ro",
}
"""Letters -> the languages for which each of them speaks, as often as it does."""

SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "ru"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"),
    (0x3040, 0x30FF, "ja"),
    (0x3400, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
"""(first, last, language most written in it) of scripts other than Latin."""

OF_ONE_LANGUAGE = {
    "і": "uk",
    "ї": "uk",
    "є": "uk",
    "ґ": "uk",
    "ў": "be",
    "ђ": "sr",
    "ћ": "sr",
    "پ": "fa",
    "چ": "fa",
    "گ": "fa",
    "ٹ": "ur",
    "ڈ": "ur",
}
"""Letters that tell a script's other languages from the one most written in it."""

GLAD = {
    3: "❤ 💙 💚 💛 💜 🧡 🖤 🤍 💖 💕 💗 😍 🥰 😻 🤩 🏆 💯 🙌 🎉 🥳",
    2: "😊 😀 😃 😄 😁 🙂 ☺ 😘 😎 👍 👏 👌 🙏 💪 🤗 🤝 ✨ 🌟 ⭐ 😇 🔝 🫶 🥹 ✅ <3 :) :-) :D :-D =)",
    1: "😉 😂 🤣 😆 😅 😋 🍀 🌞 🎂 🎁 ;) ;-) xd",
}
"""Weight -> emoji of people who are glad."""

CROSS = {
    3: "😡 🤬 😠 👿 💩 🤮 🖕 😤 👎 🤢 >:(",
    2: "🙄 😒 😞 😔 😟 😕 🙁 ☹ 😣 😖 😫 😩 😢 😭 🤦 😑 😬 💔 😓 😥 😰 🥺 🤯 😾 🐌 🤡 :( :-( :'( :/ :-/ =(",
    1: "🤷 😐 🤨 😳 😱 🤔 😪 ❌ ⚠",
}
"""Weight -> emoji of people who are not."""

REMEDIES = """
refund refunds refunded compensation compensate reimbursed erstattung rückerstattung entschädigung schadensersatz
reembolso reembolsos indemnización compensación devolución remboursement remboursé remboursée dédommagement
indemnisation estorno indenização indemnização devolução
"""
"""What people ask for when something went wrong: it is asked for also where "no" stands before it."""

TITLES = """
mr mrs ms miss dr prof professor sir madam frau herr hr doktor m mme mlle monsieur madame señor señora señorita sr
sra srta don doña profe dona seu senhor senhora dom
"""
"""Words before a person's name."""

SELLING = "💰 🤑 💸 💵 🚀 📲 👉 👈 ➡ ⬇ 👇 🔥 🎁 🎰 📈 💎 ✈"
"""Emoji of people who sell."""

GREETINGS = """
hello hi hey hiya morning hallo hey moin servus guten tag morgen abend hola buenas buenos dias tardes bonjour
bonsoir salut coucou oi ola bom boa dia tarde noite pessoal gente and und y e et so ok okay vale also sorry perdon
pardon
"""
"""What stands before a question without being part of it."""
