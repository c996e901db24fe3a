"""The endings of domain names, and the regions that have a flag: two tables that counting needs.

Country codes are those of ISO 3166 with the few exceptions that the root zone and the flags make. Generic
endings are those in real use; brand names that nobody else can register are mostly left out.

https://www.iana.org/domains/root/db and https://unicode.org/reports/tr51/#Flags
"""

from __future__ import annotations

__all__ = ["ENDINGS", "FLAGS"]

_REGIONS = """
AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO
IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG
MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK
PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC
TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

_GENERIC = """
academy accountant accountants actor adult aero africa agency airforce amsterdam apartments app apple archi
army art arte asia associates attorney auction audi audio author auto autos baby band bank bar barcelona
bargains baseball basketball bayern beauty beer berlin best bet bible bid bike bingo bio biz black
blackfriday blog bloomberg blue bmw boats bond boo book boston boutique box broadway broker brother brussels
build builders business buy buzz bzh cab cafe cam camera camp canon capetown capital car cards care career
careers cars casa cash casino cat catering catholic center ceo cern cfd charity chat cheap christmas church
city claims cleaning click clinic clothing cloud club coach codes coffee college cologne com community
company compare computer comsec condos construction consulting contact contractors cooking cool coop corsica
country coupon coupons courses credit creditcard creditunion cricket cruises cymru dad dance data date
dating day deal dealer deals degree delivery democrat dental dentist desi design dev diamonds diet digital
direct directory discount diy doctor dog domains dot download earth eat eco edu education email energy
engineer engineering enterprises equipment esq estate eus events exchange expert exposed express fail faith
family fan fans farm fashion feedback film final finance financial fish fishing fit fitness flights florist
flowers fly fm food football forex forsale forum foundation free frl fun fund furniture futbol fyi gal
gallery game games garden gay gdn gent gift gifts gives giving glass gle global gmbh gold golf goog google
gop gov graphics gratis green gripe grocery group guide guitars guru hair hamburg haus health healthcare
help helsinki here hermes hiphop hiv hockey holdings holiday homes horse hospital host hosting hot hotels
house how hsbc icu ieee immo immobilien inc industries info ing ink institute insurance insure int
international investments irish ist istanbul jetzt jewelry jobs joburg joy juegos kaufen kids kim kitchen
kiwi koeln kpmg krd kyoto land latino law lawyer lease legal lgbt life lifestyle lighting limited limo link
live living loan loans locker lol london lotto love ltd ltda luxe luxury madrid maif maison management mango
map market marketing markets mba med media meet melbourne meme memorial men menu miami microsoft mil mini
mls mobi moda moe moi mom monash money monster mormon mortgage moscow moto motorcycles mov movie museum
music nagoya name navy net network neustar new news next nexus nfl ngo nhk ninja nokia now nowruz nra nrw
nyc observer okinawa one ong onl online ooo open orange org organic osaka ovh page paris partners parts
party pay pet pharmacy phd phone photo photography photos physio pics pictures pid pin pink pizza place play
plumbing plus poker porn post press pro prod productions prof promo properties property protection pub qpon
quebec racing radio read realestate realtor realty recipes red rehab reise reisen reit ren rent rentals
repair report republican rest restaurant review reviews rich rio rip rocks rodeo room rsvp rugby ruhr run
saarland safe sale salon samsung sap sarl save saxo sbs school schule science scot search seat secure
security select services sew sex sexy shiksha shoes shop shopping show singles site ski skin sky skype smile
sncf soccer social software solar solutions song sony soy spa space sport spot srl stada star statebank
storage store stream studio study style sucks supplies supply support surf surgery swiss sydney systems
taipei tatar tattoo tax taxi team tech technology tel tennis thd theater theatre tickets tienda tips tires
tirol today tokyo tools top toray total tours town toyota toys trade trading training travel trust tube tui
university uno vacations vegas ventures versicherung vet viajes video villas vin vip vision vlaanderen vodka
volvo vote voting voto voyage wales walter wang watch watches weather web webcam weber website wed wedding
weibo whoswho wien wiki win wine winners wme wolterskluwer work works world wow wtf xbox xerox xin xxx xyz
yachts yandex yoga yokohama you youtube yun zara zero zip zone zuerich
"""

_FLAG_ONLY = ("CP", "DG", "EA", "IC", "TA", "UN", "XK")
_DOMAIN_ONLY = ("su", "tp", "uk")

FLAGS = frozenset([*_REGIONS.split(), *_FLAG_ONLY])
"""Two-letter codes, in capitals, that two regional indicators turn into one flag."""

ENDINGS = frozenset([*_GENERIC.split(), *_REGIONS.lower().split(), *_DOMAIN_ONLY])
"""Top-level domains in small letters, without those that are written in other alphabets."""
