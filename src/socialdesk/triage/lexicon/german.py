"""What people write to companies in German."""

COMMON = """
der die das und ich nicht ist ein eine einen einem einer eines es sie er wir ihr mir mich mein meine meinen meinem
meiner dich dir dein deine uns unser unsere euch euer eure eurer ihnen ihre ihrem ihren ihrer zu zum zur mit von vom
bei beim auf aus an am im in für über unter nach vor seit bis durch ohne gegen um als wie wenn weil dass daß ob oder
aber denn doch nur noch schon auch immer wieder nie niemals jetzt heute gestern morgen hier da dort sehr so mehr viel
viele alle alles etwas nichts niemand keiner kein keine keinen keinem man hat habe haben hatte hatten habt hast bin
bist sind seid war waren wird werden wurde wurden worden kann kannst können könnt konnte muss müssen musste soll
sollen sollte will wollen wollte würde möchte mag gibt geht ging kommt kam macht machen gemacht sagt gesagt weiß
wissen was wer wo wann warum wieso welche welcher welches wohin woher danke bitte hallo guten gute guter gutes tag
abend moin servus leider endlich eigentlich einfach mal halt eben gerade gar ganz nun dann also sonst trotzdem obwohl
während zwischen wegen dafür damit darauf davon dabei dazu dieser diese dieses diesen diesem jeder jede jedes jemand
uhr woche wochen monat monate tage tagen stunden minuten jahr jahre montag dienstag mittwoch donnerstag freitag
samstag sonntag jahren nochmal schonmal drauf raus rein weg her hin ja nein okay gut schlecht neu neue neuen alt alten
erst erste ersten zweite zwei drei vier fünf sechs sieben acht neun zehn mehrere mann frau herr kunde kunden warte
wartet warten bekommen bekomme bekommt bleibt bleiben läuft laufen funktioniert steht stehen liegt finden finde findet
denke glaube hätte wäre
"""

GOOD = {
    3: """
liebe, lieben, geliebt, ausgezeichnet~, hervorragend~, fantastisch~, großartig~, genial~, perfekt~, wunderbar~,
wundervoll~, exzellent~, spitze, spitzenmäßig, erstklassig~, überragend~, weltklasse, sensationell~, der hammer, mega,
bester, beste, besten, bestens, begeistert, begeisternd, überglücklich, traumhaft~, einwandfrei~, tadellos~,
vorbildlich~, großes lob, dickes lob, ein lob, riesenlob, hut ab, chapeau, kann ich nur empfehlen, nur empfehlen, sehr
zu empfehlen, klare empfehlung, absolute empfehlung, weiterempfehlen, sehr zufrieden, super zufrieden, voll zufrieden,
rundum zufrieden, mehr als zufrieden, bin zufrieden, vorbildlich, fünf sterne, 5 sterne, gerne wieder, immer wieder
gerne, klasse, nie probleme, keinerlei probleme, nix zu meckern, nichts zu meckern, phänomenal, verliebt, köstlich,
ein traum, traum, grandios~, spitzenklasse, spitzenservice, bombe, der wahnsinn, held, helden, heldin, retter,
gerettet, vollste zufriedenheit, besser geht's nicht, besser gehts nicht, besser geht es nicht, größter, ehrenmann,
ehrenfrau, hervorragender, herausragend~, unschlagbar~, hin und weg, ein hoch auf, daumen hoch, applaus, volle
punktzahl, weltbeste~, göttlich~, mega nett, mega freundlich, allerbeste~, ehre wem ehre, schätze, ihr seid schätze,
ein schatz, starke leistung, rührend, ihr seid die besten, ihr seid spitze, ihr seid super, ihr seid toll, engel,
goldwert, gold wert, dank an, danke an, vielen dank an, großer dank, ein großes dankeschön, dankeschön an, sehr gut,
echt gut, gut gehandhabt, zeit genommen, zeit für mich, sowas gibt's kaum, alles heil, heil da, aufs haus, mehr davon,
gut gekümmert
""",
    2: """
gut, gute, guter, gutes, toll~, super, prima, schön~, nett~, freundlich~, hilfsbereit~, kompetent~, zuverlässig~,
zufrieden, glücklich, froh, freu~, gefreut, top, cool, lecker, hilfreich~, schnell geholfen, sofort geholfen, super
geholfen, gut geholfen, hat geklappt, klappt jetzt, klappt super, klappt gut, klappt prima, funktioniert wieder, geht
wieder, läuft wieder, läuft super, läuft gut, läuft einwandfrei, pünktlich~, unkompliziert~, problemlos~,
reibungslos~, empfehle, empfehlung, empfehlenswert~, weiter so, lob, respekt, sympathisch~, beeindruckt, angenehm~,
yay, juhu, hurra, glückwunsch, gratuliere, flott, ging fix, ruckzuck, blitzschnell, superschnell, keine probleme, kein
problem mehr, ohne probleme, stolz, spaß, wunderschön~, dankbar, hübsch, gelungen~, lobenswert, positiv überrascht,
lieb, geil~, feiere, engagiert~, höflich~, zuvorkommend~, herzlich~, geduldig~, transparent, übersichtlich~,
erleichtert, erfreulich~, gefällt, gut gelöst, gut gemacht, gut angekommen, heil angekommen, sicher gelandet, sauber
gelöst, sofort gelöst, sofort erledigt, schneller als, früher als, kulant, kulanz, entspannt, chillig, gemütlich,
sonne, sonnig, süß~, yeah, endlich wieder, passt alles, alles bestens, alles super, alles gut, alles top, binnen einer
stunde, innerhalb einer stunde, jetzt geht alles, geht alles, schneller da, liebevoll, gekümmert, mit geduld,
aufmerksam~, fürsorglich~
""",
    1: """
schnell, einfach, günstig, besser, okay, ok, passt, gelöst, erledigt, fix, haha, gern, gerne, hoffe, bequem, fair,
angekommen, klappt, hilft, bravo, sauber, interessant, lustig, witzig, verständlich, klar
""",
}

THANKS = """
danke, dankeschön, danke schön, vielen dank, vielen lieben dank, herzlichen dank, besten dank, tausend dank, lieben
dank, dank an, danke an, danke für, dankee, merci, ich bedanke mich, bedanke mich, 1000 dank
"""

BAD = {
    3: """
hasse, hass, hasst, furchtbar~, schrecklich~, grauenhaft~, grauenvoll~, katastroph~, katastrophe, unverschämt~,
unverschämtheit, frechheit, frech, unfassbar~, unglaublich schlecht, unmöglich~, inakzeptabel~, skandal, skandalös~,
lächerlich~, peinlich~, erbärmlich~, armselig~, sauerei, schweinerei, saftladen, drecksladen, scheiß~, scheiss~,
beschissen~, mist, müll, schrott, dreck, kacke, verarsch~, verarsche, abzocke, abzocker, abgezockt, betrug, betrüger,
betrogen, diebe, verbrecher, idioten, deppen, inkompetent~, inkompetenz, unfähig~, nutzlos~, schlechteste~, mieseste~,
nie wieder, niemals wieder, finger weg, nicht zu empfehlen, nicht empfehlen, nicht weiterempfehlen, nicht mehr normal,
reicht mir, mir reicht, reicht's, schnauze voll, nase voll, kein bock, keinen bock, bodenlos, zum kotzen, kotzt,
wütend, stinksauer, stocksauer, sauer, wut, enttäuschend~, enttäuscht, enttäuschung, danke für nichts, was soll das,
was soll der, geht gar nicht, geht's noch, gehts noch, tolle wurst, armutszeugnis, zumutung, ein witz, schlechter
witz, dreist~, untragbar~, albtraum, horror, desaster, unterirdisch~, unter aller sau, eine schande, schäm~, null
sterne, verzweifelt, verzweifle, wahnsinnig macht, hölle, grottig~, grottenschlecht~, unverschämte, affig, asozial~,
assi, dreckig~, eklig~, ekelhaft~, zum heulen, zum verzweifeln, zum davonlaufen, zum schreien, unglaublich, kann nicht
wahr sein, ein unding, unding, respektlos~, kundenfeindlich~, hass ich, verachte, abartig~, peinlicher, blamage,
lachnummer, kasperverein, gurkentruppe, saftladens, nie mehr, bin bedient, bin fertig mit, platzt der kragen, kragen,
zum schämen, wtf, verdammt~, verflucht~, arsch, fick, hirnlos, vollidioten, unseriös~
""",
    2: """
schlecht~, mies~, langsam~, lahm~, ärgerlich~, ärger, ärgert, genervt, nervig~, nervt, nerven, traurig~,
unfreundlich~, unprofessionell~, unzuverlässig~, unverständlich~, unzufrieden, teuer~, überteuert~, wucher, blöd~,
doof~, dumm~, schlimm~, schade, nachteil, unbrauchbar~, kaputt~, chaos, chaotisch~, frust, frustrier~, stress,
stressig, gestresst, grausig, hässlich~, ignoriert, ignorieren, alleingelassen, im stich, im regen stehen, vertröstet,
abgewimmelt, hingehalten, versagt, versagen, heule, weinen, angst, sorge~, wtf, boah, ey, orr, grr, pfff, ätzend~,
öde, langweilig~, niemanden interessiert, interessiert niemanden, interessiert keinen, keiner fühlt sich, kein mensch,
schlechte laune, schwach, verpeilt, falsch~, gammel~, einsam, deprimier~, müde von, nervenaufreibend, kalt, krank,
graut, fürchte, öd, weh, tut weh, schmerz~, trauer, pech, unglück, übel, nervt mich, satt, bescheiden, gruselig, maul,
seufz, gemein~, undankbar, gierig~, geldgier, ratlos, hilflos, sprachlos, fassungslos, fix und fertig, am ende,
verschwunden, roboter, nervenzusammenbruch, mau, quer, lustlos, patzig
""",
    1: """
leider, komisch, seltsam, schwierig, kompliziert, verwirrt, spät, naja, hm, seufz, angeblich, umständlich, müde,
unklar, verpasst, versäumt, krank
""",
}

TROUBLE = {
    3: """
warte immer noch, warte noch immer, warte seit, warten seit, warten immer noch, seit * tagen, seit * wochen, seit *
monaten, seit * stunden, seit tagen, seit wochen, seit monaten, seit stunden, seit gestern kein~, seit heute kein~,
seit montag, seit dienstag, seit mittwoch, seit donnerstag, seit freitag, kein internet, kein netz, kein empfang, kein
signal, kein wlan, kein strom, keine verbindung, keine antwort, keine rückmeldung, keine reaktion, keine erstattung,
keine info, keine hilfe, niemand antwortet, antwortet niemand, keiner antwortet, antwortet keiner, meldet sich
niemand, meldet sich keiner, niemand meldet, keiner meldet, niemand da, niemand geht ran, keiner geht ran, niemanden
erreich~, keinen erreich~, nicht erreichbar, nicht zu erreichen, geht nicht, gehen nicht, geht gar nichts, geht nix,
geht nichts, geht wieder nicht, geht immer noch nicht, funktioniert nicht, funktioniert * nicht, funktionieren nicht,
funktioniert nix, immer noch nicht, noch immer nicht, immernoch nicht, immer noch kein~, noch immer kein~, immer noch
nichts, läuft nicht, läuft nix, klappt nicht, klappt * nicht, bringt nix, bringt nichts, bringt gar nichts, hilft
nicht, hilft nix, hat nicht geholfen, hat nichts gebracht, tut sich nichts, passiert nichts, kommt nicht an, nicht
angekommen, nie angekommen, nicht zugestellt, nicht geliefert, nie geliefert, nicht erhalten, nie erhalten, nicht
bekommen, nicht gekommen, nicht erschienen, nicht aufgetaucht, nicht gebucht, komme nicht mehr, komm nicht mehr, komme
nicht rein, kann mich nicht, kann nicht mehr, kann nichts, lässt sich nicht, paket verloren, koffer weg, koffer
verloren, gepäck weg, gepäck verloren, geld weg, ist weg, sind weg, schon wieder, zum * mal, zum wiederholten, doppelt
abgebucht, zweimal * abgebucht, zu viel abgebucht, falsch abgebucht, weiter abgebucht, trotzdem abgebucht, zu unrecht,
obwohl ich gekündigt, trotz kündigung, gekündigt und, karte gesperrt, konto gesperrt, einfach gesperrt, legt einfach
auf, legen einfach auf, einfach aufgelegt, aufgelegt, aus der leitung, warteschleife, termin abgesagt, abgesagt,
versetzt, techniker kam nicht, nicht da war~, anschluss verpasst, beschädigt~, offen angekommen, geöffnet angekommen,
fehlt die hälfte, fehlen, leer angekommen, will mein geld, geld zurück, wo bleibt, wann tut sich, wann geht * wieder,
wann kommt endlich, wann endlich, wie lange noch, wieder teurer, teurer geworden, preiserhöhung, immer schlechter,
immer langsamer, gibt's doch nicht, kann doch nicht, kann nicht sein, darf nicht wahr, darf doch nicht, stunden
verspätet, stunden verspätung, flug gestrichen, flug annulliert, flug storniert, vor die tür geworfen, totalausfall,
router tot, tot, zerbrochen, gerissen, kein ersatz, nicht mal, spinnt, streikt, hängt sich auf, stürzt * ab, stürzt
ab, fliegt * raus, fliege * raus, bricht * ab, bricht ab, nichts geht, nix geht, nix funktioniert, nichts
funktioniert, von pontius, keine ahnung wann, niemand weiß, keiner weiß, niemand kümmert, keiner kümmert, niemand
hilft, keiner hilft, niemand kam, keiner kam, niemand reagiert, keiner reagiert, niemand ruft, keiner ruft, nicht
gemeldet, nicht zurückgerufen, nicht reagiert, nicht geantwortet, ruft niemand zurück, ruft keiner zurück, kein
rückruf, kein techniker, kein bild, kein ton, kein login, kein zugriff, keine lösung, keine sendung, keine zustellung,
keine entschuldigung, keine auskunft, keine chance, komme nicht durch, komm nicht durch, komme nicht weiter, kann
nicht telefonieren, kann nicht bezahlen, kann nicht arbeiten, kann nicht auf, kann mich seit, kann mein, kann meine *
nicht, lädt nicht, lädt nix, öffnet nicht, startet nicht, geht seit, geht dauernd nicht, geht ständig, ständig weg,
dauernd weg, ständig ausfälle, ständig abbrüche, bricht ständig, fällt ständig, hängt seit, hängt fest, steckt fest,
steht seit, steht still, sitzen fest, sitze fest, sitzen seit, sitze seit, gestrandet, überbucht, warten stundenlang,
warte schon, warten schon, warten noch, warte noch, wochen gewartet, stunden gewartet, tage gewartet, umsonst
gewartet, extra urlaub, frei genommen, freigenommen, falsche adresse, falsche rechnung, falscher betrag, zu hohe
rechnung, rechnung falsch, doppelt berechnet, nicht bestellt, nie bestellt, nicht abgeschlossen, nicht autorisiert,
nicht gestattet, ohne zustimmung, ohne ankündigung, ohne vorwarnung, ohne grund, ohne begründung, konto gekündigt,
eingefroren, automat * karte, karte eingezogen, karte verschluckt, karte abgelehnt, abgelehnt, abgelaufen obwohl, beim
nachbarn, im regen, vor der tür, abgestellt, aufgerissen, zerdrückt, zerkratzt, zerrissen, durchnässt, ausgelaufen,
verbogen, die hälfte fehlt, hälfte fehlt, fehlt, fehlte, falsch geliefert, falscher artikel, zu spät, stunden zu spät,
tage zu spät, kommt zu spät, kam zu spät, noch länger, wann wird das, wann repariert, wann behoben, wann bekomme ich
endlich, wann kommt mein, was ist los bei, was ist da los, seid ihr, schläft, versprochen, leere versprechen, falsche
versprechen, angelogen, gelogen, belogen, hinhaltetaktik, weitergeleitet, weiterverbunden, verbunden und,
rausgeworfen, rausgeflogen, raus geflogen, ausgesperrt, kein wasser, weder wasser, keine infos, auf dem rollfeld, nie
bekommen, nie gekommen, bestätigung nie, falsche ersatzteil, falsches ersatzteil, leuchtet weiter, macht mir * dicht,
konto dicht, konto geschlossen, niemand geklingelt, keiner geklingelt, nicht geklingelt, geld genommen, statt * euro,
garantie zählt, garantie greift nicht, passiert ist nichts, nichts passiert, stellt sich quer, falsch angezeigt,
falsch an, aus der leitung geflogen, nicht ein einziger, nicht ein einziges, kein einziges mal, behaupte~ sie hätten,
verlasse euch, bin weg, wechsle den anbieter, wechsel den anbieter, wechsle zu
""",
    2: """
störung, störungen, ausfall, ausfälle, ausgefallen, fällt aus, defekt~, fehler, fehlermeldung, fehlerhaft, problem,
probleme, verspätung, verspätet, verloren, verschwunden, gestohlen, geklaut, erstattung, rückerstattung,
entschädigung, schadensersatz, beschwerde, beschwere, beschweren, reklamation, anwalt, verbraucherzentrale,
bundesnetzagentur, kündige, kündigen werde, wechsle, wechsel den anbieter, mahnung, inkasso, abgebucht, unberechtigt~,
gebrochen, abgebrochen, verbindungsabbrüche, abbrüche, ruckelt, laggt, schwarz, keiner, nachbar, vergeblich, ewig,
ewigkeit, stundenlang, tagelang, wochenlang, nass, zerstört, gefälscht, gehackt, gesperrt, werkstatt, storniert,
gestrichen, annulliert, nicht gemacht, nicht gelöst, nicht geklärt, warte auf, drosselung, gedrosselt, instabil~,
pixelt, stockt, netzausfall, stromausfall, großstörung, serverfehler, absturz, abgestürzt, datenleck, phishing,
werbeanrufe, verbraucherschutz, klage, frist, fristlos, sonderkündigung, widerspruch, einspruch, rechtsanwalt, zoll,
zurück an absender, retoure, unauffindbar, verschollen, umgeleitet, annulierung, zwischenstopp verpasst, weigern,
weigert
""",
    1: """
wieder, langsam, ausland, gekündigt, verzögert, verzögerung, warten, wartezeit, zurückschicken, umtauschen, bemängel~,
endlich, stornieren, verpasst, trotzdem
""",
}

ASK = {
    2: """
weiß jemand, weiss jemand, kennt jemand, jemand erfahrung, jemand eine ahnung, weiß wer, ich würde gern wissen, würde
gerne wissen, wüsste gern, möchte wissen, wollte fragen, wollte wissen, wollte mal fragen, hätte eine frage, habe eine
frage, hab eine frage, hab ne frage, frage mich, kurze frage, eine frage, wie lange dauert, wie viel kostet, wieviel
kostet, was kostet, wie hoch ist, wie kann ich, wie bekomme ich, wie komme ich, wo finde ich, wo kann ich, wo kann
man, ab wann, ist es möglich, wäre es möglich, besteht die möglichkeit, sagen sie mir, hat jemand, mir helfen, uns
helfen, bitte um hilfe, bitte helfen, brauche hilfe, bräuchte hilfe, brauche unterstützung, helft mir, helfen sie mir,
können sie prüfen, könnten sie prüfen, könnt ihr prüfen, bitte um rückruf, bitte um rückmeldung, bitte melden, bitte
prüfen
""",
    1: """
kann ich, kann man, könnt ihr, können sie, könnte ich, könntet ihr, darf ich, darf man, gibt es, gibts, gibt's, habt
ihr, haben sie, wie mache ich, bis wann, wann kommt, wann ist, muss ich, soll ich, welche unterlagen, welcher tarif,
überlege zu, brauche ich, funktioniert das auch, geht das auch, bietet ihr, bieten sie, seid ihr, sind sie, sagt mir
""",
}

WH = """
was, wer, wie, wo, wann, warum, wieso, weshalb, welche, welcher, welches, welchen, wohin, woher, wieviel, ist, sind,
hat, haben, habt, kann, könnt, gibt
"""

NOT = """
nicht, kein, keine, keinen, keinem, keiner, keinerlei, nie, niemals, ohne, nix, nichts, weder, noch nie, kaum, null,
nimmer, nich, net
"""

VERY = """
sehr, so, total, voll, absolut, echt, wirklich, mega, super, extrem, völlig, unglaublich, einfach, richtig, ziemlich,
wahnsinnig, derart, dermaßen, ganz, komplett, höchst, viel
"""

SPAM = {
    3: """
geld verdienen, von zuhause, von zu hause verdienen, von zu hause, schnell reich, reich werden, wirst du reich, pro
woche von, pro tag von, passives einkommen, nebenverdienst, finanzielle freiheit, gewinn garantiert, garantierter
gewinn, garantierte rendite, garantiert verdienen, jetzt klicken, klick hier, klicken sie hier, hier klicken, link in
bio, link im profil, link in meinem profil, in meiner bio, du wurdest ausgewählt, sie wurden ausgewählt, sie haben
gewonnen, du hast gewonnen, gratis gewinnen, sichere dir, sichern sie sich, jetzt sichern, gutschein im wert, amazon
gutschein, ohne schufa, kredit ohne, privatkredit, sofortkredit, sofortzusage, kreditangebot, zinsen kontaktieren,
schreib mir auf, schreib mir jetzt, schreiben sie mir auf, per whatsapp, auf whatsapp, über whatsapp, auf telegram,
follower kaufen, echte follower, abonnenten kaufen, heiße singles, zollgebühr, zollgebühren hier, konto verifizieren,
daten bestätigen, nur heute, investiere jetzt, verdopple dein, gewinnspiel, mein mentor, meine mentorin, mein coach,
signalgruppe, signale, handy entsperren, billigster preis, meldet euch bei, telegram, wurde angehalten, adresse
unvollständig, innerhalb von 12, innerhalb von 24, innerhalb von 48, bitte aktualisieren, aktualisieren sie,
verifizieren sie, bestätigen sie ihre, ihr konto wird, konto wurde eingeschränkt, konto wurde gesperrt klicken, blauer
haken, hacker, partner ausspionieren, hausarbeit schreiben, ghostwriter, nebenjob, homeoffice job, minijob online,
keine erfahrung nötig, verdiene bis, verdienen bis, täglich auszahlung, tickets zu verkaufen, verkaufe tickets,
liebeszauber, ex zurück, hellseher~, wunderpille, abnehmpille, kilo in, gratis krypto, offizieller support, support
team auf, formular ausfüllen, nacktbilder, treffen in deiner, singles in, escort, schau auf mein, schaut auf mein,
mein neues video, geldpreis, glückliche gewinner, markiere 3, markiere drei, google seite, webdesign, aus * euro
gemacht, erfolgsquote, zugriff auf wallet, wallet verloren, wiederherstellung von, videos liken, mit videos, tritt
meinem kanal, tritt unserem kanal, tritt der gruppe, kanal bei, am tag nur, pro tag nur, euro am tag, schnell und
diskret, schnell und sicher, starte heute, geld zurückgeholt, krypto zurück
""",
    2: """
bitcoin, krypto, kryptowährung, trading, forex, investieren, investment, gewinnen, gewinn, verdiene, verdienen sie,
gratis, kostenlos testen, rabattcode, gutscheincode, casino, jackpot, telegram, iptv, abnehmen, dringend geld,
kontaktieren sie mich, kredit, seriös, 100% sicher, 100% gewinn, schau vorbei, besucht meine, besuche meine, bezahlen
sie, zahlen sie, mentorin, mentor, broker, wallet, hack, aktionscode, sonderangebot, anmeldebonus, empfehlungslink,
mein link, mein code, versandgebühr, kleine gebühr, schreibt ihr, schreibt ihm, frag mich wie, mein leben verändert,
euro in einer woche, sendung wurde, preis, nur noch heute, solange der vorrat, täglich, am tag, pro tag, kanal,
auszahlung, vip gruppe, diskret
""",
    1: """
whatsapp, trick, follower, angebot, rabatt, jetzt, teilen, garantiert, klicken, reich, geld, sicher, link, profil,
euro, zinsen, bonus, deal
""",
}

SERVICE = """
internet, wlan, netz, glasfaser, dsl, router, box, fritzbox, empfang, leitung, anschluss, tarif, tarife, vertrag,
verträge, kündigung, gekündigt, kündigen, rechnung, rechnungen, sim, esim, roaming, datenvolumen, mobilfunk,
handyvertrag, prepaid, hotline, kundenservice, kundendienst, kundenbetreuung, support, warteschleife, techniker,
termin, störung, ausfall, anbieter, provider, mbit, sender, fernsehen, receiver, paket, pakete, sendung, sendungen,
lieferung, zusteller, zugestellt, zustellung, bote, fahrer, filiale, packstation, abholstation, sendungsnummer,
sendungsverfolgung, nachbar, versand, porto, bank, konto, karte, kreditkarte, girokarte, überweisung, überweisungen,
abbuchung, abgebucht, lastschrift, dispo, zinsen, zinssatz, tagesgeld, filialen, geldautomat, automat, tan,
onlinebanking, banking, kredit, depot, gebühr, gebühren, erstattung, flug, flüge, flieger, geflogen, fliegen, fliege,
airline, fluggesellschaft, gepäck, koffer, handgepäck, boarding, gate, crew, bordpersonal, verspätung, sitzplatz,
sitzplätze, umbuchen, umgebucht, schalter, app, webseite, login, passwort, service, personal, mitarbeiter, kunde,
kundin, kunden, wechseln, wechsel, bestellung, gewechselt, buchung, gutschein, umbuchung, zwischenstopp, economy,
business class, meilen, lounge, kontostand, dauerauftrag, kontoauszug, debitkarte, girokonto, einzahlung, abheben,
wechselkurs, pin, iban, aufladen, guthaben, festnetz, handy, set top box, fernbedienung, streaming, installation,
paketshop, paketbote, briefkasten, zoll, nachsendung, chat, chatbot, beschwerde, verlängerung, preiserhöhung,
monatlich, im monat, pro monat, kinderwagen, mitnehmen, buchen, gebucht, kundennummer, bestellt, geliefert, kündige,
konkurrenz, bin seit, seit jahren kunde, bei euch, dach, rollfeld, beinfreiheit, bordkarte, miete, studentenrabatt,
simkarte, karte von, monteur, ersatzteil
"""

ELSEWHERE = """
schule, lehrer, lehrerin, klausur, hausaufgaben, prüfung, unterricht, uni, abi, klasse 10, mathe, konzert, album,
song, lied, tour, sänger, sängerin, band, musik, klavier, film, serie, folge, staffel, schauspieler, roman, buch,
spiel, level, konsole, fußball, tor, trainer, spieler, mannschaft, liga, rezept, frühstück, mittagessen, abendessen,
kuchen, saft, reif, reife, obst, salat, kochen, vogel, vögel, tier, zoo, galaxie, stern, sterne, planet, mars,
satellit, rakete, raumsonde, sonde, weltraum, umlaufbahn, teleskop, sternbild, mond, programmieren, compiler, code,
programmiersprache, kleid, jacke, schuhe, jeans, hose, auto, motor, werkstatt, tüv, fahrrad, hochzeit, gedicht, wein,
bier, baum, garten, kerze, segeln, segel, boot, kaugummi, kirche, wetter, sonnenuntergang, strand, urlaubsort, physik,
chemie, tickets, bibel, gebet, gott, tempel, könig, königin, präsident, wahl, minister, partei, krieg, armee, insel,
fluss, berg, see, dorf, festival, museum, gemälde, künstler, galerie, ballett, tanz, tanzen, schallplatte, gitarre,
schlagzeug, netflix, anime, manga, comic, fortsetzung, basketball, tennis, rennen, runde, pferd, hund, katze, nest,
adler, falke, art, arten, wald, blume, blumen, ernte, bauernhof, curry, cocktail, restaurant, koch, bäckerei,
schokolade, parfüm, duft, lippenstift, haare, tattoo, ring, kette, ohrringe, tasche, größe, stoff, helm, fahrradladen,
motorrad, reifen, ps, autobahn, komet, finsternis, nebel, pulsar, supernova, asteroid, start der, raumstation,
raumfahrt, github, latein, wort, bedeutet, heißt auf, grammatik, übersetzung, kreuzworträtsel, quiz, student,
studenten, papa, mama, oma, baby, geburtstag, gilt auf, schale, essen, mitessen, schälen, kater, garantie, pokalsieg,
pokal, fans, verein, kapitel, seite, seiten, geschichte, herzog, theater, premiere, tierarzt, entlaufen, morgengrauen,
joggen, schauspielerin, laufschuhe, laufen, händler, komödie, detektivin, live in, schönste konzert, zurückschneiden,
beet, besen
"""

HINT = """
aber, trotzdem, plötzlich, wieder, schon, nur, sogar, angeblich, laut app, laut, stattdessen, statt, obwohl, dabei,
dennoch, jedes mal, jede woche, jeden tag, jeden abend, ständig, dauernd, immer, roboter, bot, chatbot, niemand,
keiner, weder, dicht, macht * dicht, sprachlos, fassungslos, ratlos, falsche, falsches, falschen, rot, blinkt, blinkt
rot, leuchtet rot, leuchtet weiter, geklingelt, zuhause, zu hause, daheim, übers wochenende, über nacht, std, mal
wieder, erneut, nochmals, sollte, sollten, hätte, hätten, eigentlich, extra, bezahle, bezahlt, gezahlt, zahlen, zahle,
geplatzt, kaputtgegangen, weg, hängt, verschwindet, gleiche, gleichen, dasselbe, noch, immerhin, seitdem, geld
genommen, treuer kunde, kunde seit, jahrelang, abgeholt, null, aufgegeben, reagiert, zieh um, gehe zu, offline, umzug,
anderes, was anderes, seit dem, seit der, einziger, einziges, kein einziger, nicht ein, behauptet, behaupten, dreimal,
viermal, fünfmal, passiert ist, werbung, obwohl man, stellt sich quer, geschrieben, angerufen, versucht, klagen, muss
ich, nach * wochen, durch, falsch
"""

NUMBERS = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf mehreren mehrere einigen"

UNITS = "stunde stunden std h tag tage tagen woche wochen monat monate monaten minuten min mal"
