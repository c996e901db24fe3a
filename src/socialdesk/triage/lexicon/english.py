"""What people write to companies in English."""

COMMON = """
the and you that was for are with his they this have from had not but what all were when your can said there use each
which she how their will other about out many then them these some her would make like him into time has look two more
see number way could people my than first been call who its now find long down day did get come made may part i me we
us he it is be of to in on at as by an or if so do does doing done am im ive ill id dont cant wont isnt arent didnt
doesnt hasnt havent wasnt werent youre youve youll theyre theyve thats whats theres lets any anyone someone nobody
everyone something nothing anything everything every after before again still always never ever just only even really
very too also back off over under up here where why because while since until during without through between both own
same off should must might shall please sorry yes yeah nope hello hey thanks thank you're today tomorrow yesterday
tonight week month year morning evening night hours minutes days weeks monday tuesday wednesday thursday friday
saturday sunday good bad new old last next got getting give gave take took went going go say says told tell know knew
think thought want wanted need needed try trying tried keep keeps kept let put send sent show shows work working works
worked wait waiting help helped right wrong well much lot little bit better best worse worst another same big small
love hate great nice awesome amazing lol omg wtf tbh imo ur u r pls plz thx cuz gonna wanna gotta whatever though
"""

GOOD = {
    3: """
love, loved, loving, excellent, amazing, awesome, fantastic, brilliant, outstanding, superb, perfect, perfectly,
wonderful, incredible, incredibly good, best, legend, legends, lifesaver, life saver, flawless, exceptional, stellar,
absolute star, second to none, top notch, top class, first class, blown away, exceeded, over the moon, superstar,
magnificent, gorgeous, delicious, delighted, thrilled, ecstatic, phenomenal, shout out, shoutout, kudos, hats off,
props to, can't fault, cannot fault, highly recommend, cant recommend enough, would recommend, definitely recommend,
no complaints, made my day, made my week, above and beyond, extra mile, five stars, 5 stars, 10 10, works a treat,
chef's kiss, game changer, worth every penny, in love, so cute, unreal, absolute legend, absolute gem, gem,
lifesavers, hero, heroes, faultless, genius, super helpful, so helpful, really helpful, really impressed, so
impressed, never let me down, never had a problem, never had an issue, no fuss, saved my, saved the day, couldnt be
happier, couldn't be happier, could not be happier, cannot recommend, cant praise, big up, bravo, round of applause,
class act, refreshing, god send, godsend, goat, rock star, on fire, obsessed, a dream, magical, breathtaking,
stunning, credit where, did the trick, youre a star, you're a star, a star, absolute stars, 10 10 service, couldnt
have been, could not have been, sweeter, kinder, nicer, couldnt ask for more, saved us, saved me, thanks to, big
thanks to, thank you to, huge thanks to, thanks again to, really well, handled * well, more companies should, should
be like that, all in one piece, looked after, looked after us, looked after me
""",
    2: """
great, good, nice, lovely, happy, glad, pleased, impressed, impressive, helpful, friendly, kind, polite, efficient,
professional, reliable, smooth, seamless, quick response, fast response, quickly sorted, well done, wow, thumbs up,
recommend, recommended, enjoy, enjoyed, enjoying, beautiful, fun, cool, sweet, yay, woohoo, hooray, grateful,
appreciate, appreciated, satisfied, superfast, super fast, super easy, easy peasy, thankful, blessed, proud, excited,
cant wait to, looking forward, works fine, working fine, works well, works great, working great, working now, all
sorted, sorted it, sorted out, sorted my, sorted me, all good, on time, would fly again, would use again, fixed it, is
fixed, got it working, back up and running, smashed it, spot on, rocks, win, good job, great job, nailed it, keep it
up, fair play, no issues, no problems, zero problems, zero issues, without any issues, hassle free, problem solved,
issue solved, favourite, favorite, congratulations, congrats, can't complain, cant complain, well played, pleasantly
surprised, so much better, pleasure, genuinely, courteous, caring, considerate, warm welcome, knowledgeable, swift
response, promptly, prompt, painless, effortless, straightforward, intuitive, neat, handy, sleek, bargain, great
value, good value, ace, mint, sound, lush, ta very much, relieved, yes please, lucky, win win, bless, kindly,
wholesome, adorable, tasty, yummy, cosy, sunny, best of, youre the best, made it right, put it right, turned up on
time, arrived early, day early, days early, early, arrived safely, arrived safe, landed safely, quick and easy, within
the hour, before id even, sooner than, tidied, patient with, took the time, went out of * way, cheerful, lovely lady,
lovely man, lovely people, nice touch
""",
    1: """
fine, ok now, okay now, easy, better, fast, quick, quickly, cheap, solved, resolved, works, comfy, comfortable, fair,
thx, cheers, haha, hope, welcome, safe, simple, clear, decent, enough, interesting, funny, patient, worked
""",
}

THANKS = """
thanks, thank you, thank u, thankyou, thx, ty, tysm, many thanks, thanks so much, thanks a lot, thanks a million,
thank you so much, cheers, much appreciated, really appreciate, big thanks, massive thanks, huge thanks
"""

BAD = {
    3: """
hate, hated, terrible, horrible, awful, worst, disgusting, disgraceful, disgrace, appalling, atrocious, useless,
pathetic, unacceptable, shameful, shambles, scam, scammers, scammed, scamming, thieves, thieving, robbery, rip off,
ripoff, ripped off, fraud, crooks, liars, lying, incompetent, incompetence, garbage, trash, rubbish, crap, shit,
shite, shitty, bullshit, bs, fuck, fucking, fuckin, wtf, furious, livid, fuming, outrageous, ridiculous, joke of a, a
joke, absolute joke, nightmare, disaster, dreadful, abysmal, diabolical, clowns, idiots, morons, sick of, fed up, had
enough, last straw, never again, avoid, stay away, steer clear, dont bother, do not bother, zero stars, waste of
money, waste of time, laughing stock, daylight robbery, stealing, criminal, disgusted, miserable, thanks for nothing,
shame on, piss take, taking the piss, pissed off, fobbed off, hell on earth, get your act together, sort yourselves
out, sort it out, sort your, do better, want to cry, screwed, shambolic, beyond belief, unbelievable, absolute
shambles, cowboys, bunch of, vile, worst experience, horrendous, insulting, infuriating, mental, had it with, hell,
loathe, despise, dumpster fire, hot garbage, dogshit, clown show, cant stand, blood boil, boils my, fuck off, fuck
you, screw you, never using, never buying, never flying, never shopping, not recommend, would not recommend, wouldnt
recommend, wouldnt wish
""",
    2: """
bad, poor, poorly, slow, slower, sad, angry, annoyed, annoying, frustrating, frustrated, frustration, disappointed,
disappointing, disappointment, upset, unhappy, unhelpful, rude, dishonest, unreliable, unusable, unprofessional,
ignored, ignoring, ignore, embarrassing, embarrassed, ashamed, stressed, stressful, stress, inconvenient, overpriced,
expensive, mess, messed up, sucks, suck, sucked, stupid, dumb, lame, ugh, argh, grr, smh, ffs, ruined, ruin, dirty,
filthy, noisy, confusing, confused, misleading, unfair, wrong, worse, tired of, ripping, losing patience, let down,
letting me down, no help, no use, boring, fail, failed, failure, fails, hopeless, tragic, painful, pain, crying, cry,
exhausted, regret, worried, scared, not ok, not okay, not good enough, not happy, not impressed, not acceptable, dont
care, doesnt care, nobody cares, no one cares, couldnt care less, cares less, beyond a joke, grim, cheeky, shocking,
shocked, woeful, clueless, lazy, careless, dodgy, shady, sketchy, cheated, mistreated, heartbroken, gutted,
devastated, depressed, depressing, lonely, hurts, hurt, sick, ill, tired, dread, dreading, bored, nightmare, cold,
miserable, sigh, facepalm, bloody hell, for gods sake, jesus christ, come on, greedy, greed, wasted, wasting, melting,
livid, no joy, gutting, cant stop crying, missing since, speechless, beyond words, lost for words, done with, so done
""",
    1: """
sorry, unfortunately, sadly, difficult, hard, weird, strange, odd, meh, late, worry, miss, missed, unable, seriously,
stuck, forced, hassle, mediocre, disgust, not great, complicated, unclear, awkward
""",
}

TROUBLE = {
    3: """
still waiting, not working, isnt working, stopped working, doesnt work, does not work, dont work, didnt work, wont
work, not work, never works, wont load, wont connect, wont let me, doesnt load, cant log, cannot log, can't access,
cannot access, cant get through, cant get in, keeps crashing, keeps dropping, keeps cutting, keeps freezing, keeps *
out, keep losing, keep getting charged, no signal, no service, no internet, no connection, no network, no broadband,
no reception, no response, no reply, no answer, no update, no refund, no one has, no one * help, nobody has, nobody *
back, nobody answers, nobody helps, nobody is answering, never arrived, never came, never turned up, never showed,
never received, never delivered, never got, never call back, hasnt arrived, has not arrived, hasnt come, hasnt been
delivered, havent received, have not received, not received, not arrived, not delivered, not been delivered, not been
refunded, not refunded, isnt delivered, didnt arrive, didnt receive, didnt show, didnt turn up, didnt come, didnt
even, is down, are down, was down, been down, went down, gone down, down again, down since, out of order, charged
twice, double charged, overcharged, charging me, charged me, billing me, billed me, wrongly charged, keep charging,
took my money, taken my money, hung up on, hung up, on hold, lost my, lost our, missing items, items * missing, item *
missing, is missing, are missing, lost luggage, lost parcel, lost package, damaged, arrived broken, arrived damaged,
arrived open~, arrived late, arrived empty, smashed, cancelled our, cancelled my, canceled my, canceled our, cancelled
without, got cancelled, was cancelled, been cancelled, flight cancelled, card declined, was declined, got declined,
payment failed, logs me out, locked out, logged me out, refuse~ to, wont help, want my money back, want a refund, give
me my money, where is my, wheres my, where's my, how much longer, days without, hours without, weeks without, without
internet, months now, weeks now, days now, days already, weeks already, price hike, price went up, prices going up,
put * price up, went up again, dont sign up, do not sign up, passed around, passed from pillar, same answer, same
issue, same problem, same error, same thing again, yet again, not again, for the second time, for the third time, for
the fourth time, for the fifth time, for the nth time, for the umpteenth time, hidden fees, hidden charges, outage,
out again, third day, second time this, stuck in, stuck at, stuck on, missed my connection, missed our connection, in
my name without, bumped off, denied boarding, no explanation, ghosted, no one answers, not fix~, unable to, is broken,
broke after, broke down, came broken, full of bugs, dead on arrival, never called, never replied, never answered,
still no, still not, still nothing, still havent, still hasnt, still cant, still * for, still down, still broken,
still charging, still billing, no one will, nobody will, nobody came, no one came, nobody can, no one can, no one
seems, nobody seems, left outside, left at the wrong, wrong address again, delivered to the wrong, stuck in customs,
hasnt updated, has not updated, hasnt moved, not moved, stranded, overbooked, stranded at, swallowed my card, ate my
card, account frozen, frozen my account, froze my account, blocked my account, locked my account, closed my account,
account locked, account blocked, cant connect, cant use, cant pay, cant open, cant reach, cant transfer, cant call,
cannot use, cannot reach, cannot pay, cannot connect, wont turn on, wont open, wont start, wont send, wont refund,
wont respond, wont reply, doesnt turn on, doesnt connect, doesnt open, keeps saying, keeps telling me, keeps failing,
keeps asking, keep being told, keep getting, keeps going, keeps buffering, nothing works, nothing happens, nothing has
happened, nothing from you, zero response, zero communication, no communication, no apology, no help from, no
tracking, no electricity, no hot water, no dial tone, no picture, no sound, no 4g, no 5g, no wifi, no data, no sign
of, not received anything, not heard back, havent heard, never heard back, never again with, been trying to, been on
hold, been on the phone, waiting over, waiting almost, waiting for over, waiting all day, waited all day, waited in
all, took the day off, day off work, passed me, transferred me, chasing this, chased this, cut me off, cut off, been
cut off, was cut off, switched me off, switched us off, turned me off, shut me off, disconnected me, disconnected us,
disconnected my, suspended my, promised me, was promised, promised a call, call back never, lied to, misled, missold,
mis sold, without telling, without warning, without notice, without asking, without permission, without my consent,
how is this, how can you, how hard can, is this a joke, are you kidding, explain why, when will this be,
when are you going to,
when is this going, fix your, fix this, sort this out, get a grip, any chance of, double what, more than i, higher
than, increased my, hiked, taken out twice, taken twice, taken from my account, went out twice, unauthorised payment,
not authorised, didnt authorise, dont recognise, do not recognise, doesnt match, doesnt exist, gone missing, went
missing, got lost, is lost, been lost, torn, crushed, soaked, cracked, scratched, dented, spilled, leaked, wrong one,
wrong size, wrong colour, half of it, half the order, half empty, hours late, hour late, days late, weeks late, late
again, running late, hour delay, hours delay, day delay, downgraded, bumped, missed flight, missed my, hung me up,
kids melting, on the tarmac, no water, no info, closed my, shut my account, wont honour, won't honor, handed to,
marked it as, marked as delivered, says delivered, never got a confirmation, no confirmation, never got the, never got
my, jumped from, jumped to, the wrong part, red light, one bar of, took payment, took the payment, took the money,
sort it, you had one job, was told, i was told, paying for, been told, behind the bin~, fell apart, wont replace, not
what i, instead of what, im leaving, i am leaving, were leaving, we are leaving, leaving * after, need this resolved
""",
    2: """
broken, crash, crashed, crashes, crashing, freezes, freezing, frozen, lag, lagging, laggy, buffering, outages,
disconnected, disconnects, disconnecting, interrupted, glitch, glitchy, buggy, bug, bugs, error, errors, faulty,
defective, delayed, delays, overdue, undelivered, unresolved, unanswered, unauthorised, unauthorized, compensation,
compensate, complaint, complain, complaining, complained, refund, refunds, reimbursed, chargeback, ombudsman, lawyer,
legal action, hacked, blocked my, stolen, leaking, disappeared, vanished, cancelled, canceled, wont stop, wont answer,
switch~ provider, leaving you, leaving for, cancel my, cancelling my, end my contract, contract to end, day * without,
dead, drops, dropping, too slow, so slow, very slow, really slow, super slow, dead slow, painfully slow, wrong
address, wrong item, wrong order, wrong house, doesnt help, didnt help, not helping, not help, aware of, investigate,
unreachable, kept waiting, waited, been waiting, have been waiting, waiting since, waiting for * hours, waiting for *
days, waiting for * weeks, queue, queues, my money, blackout, pixelated, throttled, throttling, patchy, intermittent,
unstable, down, spam calls, cold calling, roaming charges, ignored my, chase, chasing, escalate, escalated, formal
complaint, small claims, small claims court, consumer rights, trading standards, data breach, phishing, unhelpful,
dropped, dropouts, drop outs, stuck, invalid, timed out, times out, its been * days, its been * weeks, found them,
offline, working days
""",
    1: """
problem, problems, issue, issues, trouble, delay, late, cancel, lost, missing, fault, declined, slow, waiting, again,
complaints, returned, sending * back, opened, locked, twice
""",
}

ASK = {
    2: """
do you know, anyone know, anyone knows, anybody know, is it possible, is there a way, id like to know, i would like to
know, want to know, wondering if, wondering whether, was wondering, i wonder if, how do i, how do we, how can i, how
can we, how long does, how long do, how much is, how much does, how much do, what time, would it be possible, any
idea, any ideas, quick question, question for, need to know, let me know if, let me know how, let me know when, let me
know whether, please advise, please tell me, can you tell, can you please tell, could you tell, anyone here, help me,
please help, help please, need help, need some help, need your help, can someone help, can anyone help, can you help,
could you help, could you check, can you check, could you look, can you look, could you call, please call, please
contact, please check, please respond, get in touch
""",
    1: """
can i, can we, could i, may i, do you have, do you sell, do you offer, do you ship, do you deliver, does anyone, does
anybody, anyone else, is there any, are there any, are you open, how many, what is the, what are the, whats the, which
one, when will, when does, when do, when is, where can i, where do i, should i, any chance, any news on, is this, is
that, does this, does it, do i need, am i able, are you able, are you, is your, will you, will it, would that
""",
}

WH = """
what, how, when, where, which, who, why, is, are, does, do, can, could, would, will, whats, hows, wheres
"""

NOT = """
not, no, never, dont, doesnt, didnt, isnt, arent, wasnt, werent, cant, cannot, couldnt, wont, wouldnt, shouldnt,
hasnt, havent, hadnt, aint, without, nobody, nothing, neither, nor, hardly, barely, zero, stop
"""

VERY = """
very, so, really, absolutely, extremely, totally, completely, utterly, super, such, incredibly, ridiculously, beyond,
freaking, bloody, damn, massive, huge, big, much, truly, insanely
"""

SPAM = {
    3: """
make money online, made * in one, earn from home, work from home and, from home and earn, double your, guaranteed
profit, guaranteed profits, guaranteed returns, guaranteed income, passive income, financial freedom, forex trader,
forex trading, binary options, crypto trading, bitcoin investment, invest and, recovery expert, got * money back,
recovered my, recover your, recovery agent, hacker, click here, click the link, click on the link, click link, link in
bio, link in my bio, link in profile, in my bio, onlyfans, claim your, claim now, you have been selected, youve been
selected, have been chosen, you have won, youve won, you won, free iphone, free gift card, gift card, free followers,
real followers, buy followers, followers for, cheap followers, get followers, get * followers, promote it on, dm to
promote, no credit check, instant loan, instant loans, payday loan, adult content, hot singles, act now, limited
offer, limited time, 100% free, 100% legit, risk free, airdrop, whitelist, presale, to the moon, nft drop, seo
services, grow your business, boost your, cheap viagra, sugar daddy, sugar baby, text the number, text me on, dm him
on, dm me on, contact him on, contact her on, message her on, reach him on, follow for follow, f4f, followback, follow
back, rt to win, rt follow, retweet to win, per day from, a day from home, turned my, turned * into, my mentor, my
coach, my broker, my account manager, signals group, signal group, trading signals, unlock any, unlock your, hit me
up, cheapest price, best price guaranteed, incomplete address, within 12 hours, within 24 hours, within 48 hours,
update your details, update your information, verify your account, verify your identity, your account will be, account
has been suspended, avoid suspension, confirm your, blue badge, get verified, verification badge, hacked accounts,
recover hacked, ethical hacker, spy on, cheating partner, essay help, write your essay, assignment help, dm for help
with, pay someone, part time job, online job, remote job, hiring now, no experience needed, earn up to, daily payout,
weekly payout, send me a dm for, inbox for, inbox me for, tickets available, selling tickets, tickets for sale, dm if
interested, spell caster, bring back your ex, love spell, psychic, miracle, natural remedy, keto, lose * pounds, lose
* kg, crypto giveaway, free crypto, free btc, send * eth, official support, support team on, contact our support,
customer support on whatsapp, wallet support, fill the form, fill out the form below, nudes, sexy, single girls, meet
singles, dating site, escort, onlyfans link, check my bio, check my profile, watch my, new video out, stream my, cash
prize, lucky winner, lucky winners, tag 3, tag three, followers instantly, grow your, ranking on google, first page of
google, web design services, cheap web, recovery success, success rate, success guaranteed, access to your wallet,
liking videos, like videos, join my channel, join our channel, join the channel, join my group, join our group, start
earning, start today, dollars daily, just by, daily just by, fast and secure, dm to get, restore your, recover lost,
crypto recovery, asset recovery
""",
    2: """
bitcoin, btc, crypto, ethereum, usdt, nft, nfts, forex, investment, profit, profits, telegram, giveaway,
congratulations, congrats you, prize, winner, lottery, casino, jackpot, betting tips, bonus code, promo code, discount
code, 90% off, 80% off, 70% off, 50% off, free delivery code, subscribe to my, check out my, check our website, visit
our website, visit my, my page, cheap flights, instant delivery, make money, earn money, easy money, extra income,
side hustle, dm now, dm me, inbox me, iptv, replica, weight loss, lose weight, herbal, mentor, broker, signals,
binary, wallet, hack, spells, invoice attached, suspended, on hold due, package is on hold, customs fee, redelivery
fee, small fee, limited slots, slots, dm to, message her, message him, ask me how, changed my life, thank me later,
promo, sale, coupon, sign up bonus, referral link, my link, use my code, use code, tap the link, guaranteed, daily,
per day, channel, vip group, payout, roi
""",
    1: """
free, win, whatsapp, followers, deal, deals, offer, buy now, cheap, discount, guaranteed, earn, earned, click, follow,
now, today only, instant, subscribe, selected, trader, investing, invest, text, legit, verified, fee, pay
""",
}

SERVICE = """
internet, wifi, broadband, fibre, fiber, router, modem, signal, coverage, network, data plan, plan, sim, esim,
roaming, phone bill, bill, bills, billing, billed, invoice, contract, tariff, subscription, prepaid, postpaid,
customer service, customer support, customer care, support, helpline, hotline, call centre, call center, callcentre,
agent, agents, rep, advisor, on hold, hung up, engineer, technician, outage, connection, mbps, speed, provider,
providers, isp, carrier, channel, channels, cable, tv box, decoder, parcel, parcels, package, packages, courier,
couriers, delivery, deliveries, deliver, delivered, driver, tracking, tracking number, shipment, shipping, depot, pick
up point, doorstep, signed for, bank, banking, account, accounts, card, cards, atm, transfer, transfers, overdraft,
loan, mortgage, savings, interest rate, branch, direct debit, payment, payments, refund, refunded, fee, fees, charge,
charged, charges, app, website, login, log in, password, flight, flights, flew, fly, flying, airline, airlines,
boarding, gate, luggage, baggage, suitcase, cabin crew, crew, check in, checkin, seat, seats, legroom, upgrade,
layover, gate agent, terminal, cancelled, delayed, service, switch~, sign up, signed up, customer, customers, staff,
company, compensation, order, booking, voucher, vouchers, ticket agent, stranded, runway, pilot, overhead, hand
luggage, carry on, checked bag, stopover, fare, fares, economy, premium economy, loyalty points, miles, lounge, pin,
iban, statement, standing order, exchange rate, cashback, credit card, debit card, chargeback, fraud team, teller,
deposit, withdraw, top up, topped up, data, 4g, 5g, minutes left, handset, landline, set top box, remote, smart tv,
streaming, installer, installation, outages, downtime, postcode, locker, collection point, customs, redelivery, van,
left with a neighbour, porch, live chat, chatbot, complaint, queue, cancel, cancelling, renewal, price rise, price
hike, monthly, per month, a month, deal with, dealing with, using, been with, leave them, leaving them, competitors,
bar of signal, bars, tarmac, flown, booked, boarding pass, card gets, card got, rent is due, student offer, sim only
"""

ELSEWHERE = """
school, teacher, exam, exams, homework, essay, essays, lesson, class, classmate, university, lecture, album, albums,
song, songs, concert, tour, lyrics, singer, band, playlist, music, piano, guitar solo, movie, film, series, episode,
season, actor, actress, trailer, novel, book, game, gaming console, playstation, xbox, nintendo, level, boss fight,
football, match day, goal, striker, coach, player, team, league, recipe, breakfast, lunch, dinner, cake, juice,
smoothie, salad, fruit, cook, cooking, bird, birds, animal, wildlife, canyon, galaxy, stars, star, planet, mars, nasa,
esa, spacecraft, satellite, probe, astronomers, telescope, constellation, moon, orbiting, swiftui, xcode, compiler,
programming, function, variable, variables, array, code, library, framework, python, javascript, ios developer, dress,
dresses, jacket, skirt, shoes, jeans, outfit, wearing, car, engine, dealership, garage, wedding, poem, wine, beer,
tree, garden, candle, sailing, sail, boat, chewing gum, gum, church, weather, sunset, beach, physics, chemistry,
maths, bible, prayer, god, temple, king, queen, president, election, minister, vote, party, war, army, navy, aircraft
carrier, island, river, mountain, lake, village, county, festival, museum, painting, artist, gallery, ballet, dance,
dancing, dj, gig, vinyl, guitar, drums, chorus, soundtrack, netflix, anime, manga, comic, marvel, cosplay, sequel,
quarterback, nba, nfl, basketball, tennis, racing, race, lap, horse, dog, puppy, cat, kitten, nest, eagle, species,
habitat, forest, flower, flowers, seeds, harvest, farm, chutney, curry, cocktail, bar, restaurant, chef, bakery,
chocolate, perfume, scent, lipstick, makeup, nails, hair, tattoo, ring, necklace, earrings, bag, size, fabric, helmet,
bike, motorbike, tyres, horsepower, mileage, comet, eclipse, nebula, pulsar, supernova, asteroid, lunar, rocket,
launch, orbiter, spacewalk, github, repo, api, sdk, syntax, latin, spanish, word, means, grammar, translation,
crossword, quiz, professor, student, students, dad, mum, grandma, baby, birthday, eat, eating, skin, peel, cats, tyre,
tire, tires, warranty, red carpet, celebrity, fans, cup, final, trophy, chapter, page, pages, history, duke, theatre,
premiere, vet, missing cat, sunrise, dawn, jog, jogging
"""

HINT = """
but, still, again, already, only, even, supposed, supposedly, claims, claim, claiming, says, apparently, despite,
although, yet, instead, suddenly, keeps, keep, kept, just keeps, while, meanwhile, stuck, over an hour, hour,
overnight, told me, tells me, telling me, told us, said it would, no idea, bot, robot, chatbot, zero, even though,
without, live alone, was home, been home, was at home, all day, every day, every time, each time, every night, every
evening, same, another, same again, how come, leaving, moving, switching, quit, closed, shut, jumped, gone up, marked,
marked as, hr, hrs, red light, flashing, one bar, dead spot, blew, blew out, wont, cant, couldnt, not one, none of
them, none, nope, neither, kids, enough, finally gave, gave up, given up, honour, refuses, blank, gone, hold, expect,
expecting, expected, should have, was meant, meant to, im paying, i pay, pay for, paid for, paying for, charge,
charging, chased, loyal customer, loyal, customer for, years with, getting, screenshots, screenshot, attached, ran
the, been 2, its been, was told, were told, moved us, moved me, without asking, in working days, behind the bins, read
my, explained, you had one job, one job, fell apart, wont replace, told
"""

NUMBERS = "two three four five six seven eight nine ten eleven twelve several couple"

UNITS = "hour hours hr hrs h day days week weeks month months minutes mins min times"
