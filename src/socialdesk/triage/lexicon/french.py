"""What people write to companies in French."""

COMMON = """
le la les un une des de du d l et ou où que qu qui quoi dont en à au aux avec pour par sans sur sous dans chez entre
vers depuis pendant avant après comme comment quand pourquoi combien quel quelle quels quelles parce mais donc or ni
car si oui non ne pas plus moins très trop peu beaucoup tout toute tous toutes rien personne jamais toujours encore
déjà aussi seulement ici là maintenant aujourd hui hier demain soir matin midi nuit ce cet cette ces ça ca cela ceci c
je j tu il elle on nous vous ils elles me m te t se s lui leur leurs y mon ma mes ton ta tes son sa ses notre nos
votre vos est sont était étaient être été suis es sommes êtes serait sera ai as a avons avez ont avait avais avoir eu
fait faire fais faites font faut peux peut pouvez peuvent pouvoir pourriez veux veut voulez voudrais vais va vas allez
vont aller vient viens venir dit dire dis sais sait savez savoir voir vois vu prend prendre mettre mis merci bonjour
bonsoir salut svp stp jour jours semaine semaines mois an ans année heure heures minutes lundi mardi mercredi jeudi
vendredi samedi dimanche fois autre autres même mêmes quelqu quelque chose chaque gens monsieur madame mme mr bien mal
mieux pire alors puis ainsi aucun aucune nouveau nouvelle deux trois quatre cinq six sept huit neuf dix première
premier enfin voilà voici vraiment tellement jusqu lorsque puisque sauf plutôt presque moi toi eux celui celle ceux
cest jai jsuis cétait mdr ptdr tjrs bcp pk pdt qqn n'importe marche reçu envoyé attends attendre déjà appli depuis
cliente client chers bref
"""

GOOD = {
    3: """
adore, adoré, adorable~, j'adore, excellent~, parfait~, génial~, géniale, fantastique~, formidable~, merveilleu~,
magnifique~, extraordinaire~, exceptionnel~, super service, au top, top du top, impeccable~, irréprochable~,
remarquable~, incroyable~, bluff~, le meilleur, la meilleure, les meilleurs, meilleur, meilleure, chapeau, bravo à, un
grand bravo, félicitations, ravi, ravie, ravis, enchanté~, très content~, très satisfait~, trop bien, trop hâte, hâte,
je recommande, recommande vivement, les yeux fermés, cinq étoiles, 5 étoiles, sauvé la vie, rien à redire, que du
bonheur, du bonheur, quel bonheur, un régal, un délice, délicieu~, jamais déçu~, jamais de problème, aucun problème,
aucun souci, zéro souci, zéro problème, nickel, nickel chrome, amoureu~, sublime~, splendide~, dingue de, hors pair,
un vrai bonheur, un bonheur, une merveille, merveille, une tuerie, tuerie, du tonnerre, au poil, de rêve, un rêve,
impressionnant~, bluffé~, canon, parfaitement, rien à dire, rien à reprocher, ultra rapide, ultra efficace, hyper
efficace, hyper sympa, super sympa, super équipe, vous êtes géniaux, géniaux, vous êtes les meilleurs, mes héros,
héros, sauveur~, sauvé, sauvée, sauvés, un grand merci, chapeau bas, vive, fan de, trop fan, fan absolue, coup de
cœur, coup de coeur, dix sur dix, 10 sur 10, 20 sur 20, trop beau, trop belle, trop mignon~, mignon~, des amours, un
amour, une perle, des perles, une douceur, douceur, des anges, un ange, trésors, les gars, quand c'est bien, vous
gérez, gèrent, gère, merci à, un grand merci à, mille mercis à, très bien géré, bien géré, bien gérée, repas offert,
offert, intact, intacte, belle prise en charge, très bien
""",
    2: """
bon, bonne, bien reçu, super, top, cool, sympa~, gentil~, aimable~, agréable~, efficace~, efficacité, rapide~, pro,
professionnel~, réactif~, réactive~, serviable~, à l'écoute, souriant~, content~, satisfait~, heureu~, plaisir, fait
plaisir, beau, belle, beaux, joli~, facile~, pratique~, claire, fluide~, ponctuel~, à l'heure, bien joué, bravo, merci
pour, réglé, résolu, résolue, dépanné~, ça marche à nouveau, remarche, refonctionne, marche très bien, fonctionne très
bien, fonctionne bien, marche bien, tout est bon, c'est tout bon, tout bon, c'est bon, recommande, fier, fière,
reconnaissant~, youpi, génialissime, régale~, kiffe, j'aime, aimé, aime bien, vive, humain et, patient~, courtois~,
poli~, compétent~, disponible~, bienveillant~, chaleureu~, accueillant~, soulag~, rassur~, agréablement, bonne
surprise, belle surprise, bon accueil, bon service, bonne expérience, excellente, en avance, arrivé en avance, plus
tôt que, en parfait état, sans encombre, sans souci, sans problème, sans soucis, comme promis, comme prévu, tout
roule, ça roule, tout va bien, tout fonctionne, tout marche, c'est réglé, c'est résolu, réglée, doux, douce, délicat~,
savoureu~, apprécié, j'apprécie, apprécie, dans l'heure, avant la fin, même rangé, avec patience, aux petits soins,
attentionné~, prévenant~, dévoué~
""",
    1: """
mieux, simple, ok merci, d'accord merci, bon courage, haha, lol, mdr, parfois, pas mal, correct, utile, espère,
intéressant~, drôle, tranquille, vite
""",
}

THANKS = """
merci, mercii, merci beaucoup, merci bcp, un grand merci, mille mercis, merci mille fois, merci infiniment, merci
encore, je vous remercie, vous remercie, remercie, merci à, grand merci
"""

BAD = {
    3: """
déteste, hais, horrible~, terrible~, affreu~, catastroph~, nul, nulle, nuls, nullissime, nullité, lamentable~,
honteu~, honte, une honte, scandal~, scandaleu~, inadmissible~, inacceptable~, intolérable~, minable~, pathétique~,
pitoyable~, déplorable~, désastr~, désastreu~, arnaque~, arnaqu~, escroc~, escroquerie, voleurs, vol manifeste,
menteurs, mensonges, incompétent~, incompétence, incapables, incapable de, bande d, bande de, merde, merdique, putain,
ptn, bordel, connerie~, foutage de gueule, foutent de, se foutent, se moque, se moquent, foutre, fout de, pire, le
pire, la pire, plus jamais, à fuir, fuyez, à éviter, évitez, ne prenez pas, n'allez pas, marre, ras le bol, en peux
plus, j'en peux plus, j'en ai, n'importe quoi, du grand n'importe, dégoût~, écœur~, furieu~, furax, énervé~, en
colère, colère, révolt~, outré~, ridicule~, cauchemar, une blague, mauvaise blague, inutile~, aberrant~, abus, abusé,
manque de respect, irrespect~, zéro étoile, une étoile, bravo les, impensable~, indigne~, l'enfer, poubelle, ordures,
infâme~, ignoble~, abject~, immonde~, exécrable~, médiocre~, à vomir, gerber, à gerber, crapules, charlatans, clowns,
guignols, rigolos, bras cassés, charlots, amateurs, amateurisme, irresponsables, irresponsable, une plaie, une
catastrophe, la cata, cata, la honte, grosse honte, inouï, hallucinant~, j'hallucine, incroyable mais, se moquer, vous
moquez, moquez de, prenez pour, prend pour des, prennent pour, jamais plus, ne recommande pas, ne vous recommande pas,
je déconseille, déconseille, déteste ça, enfoirés, connards, cons, salauds, pourritures, bâtards, mdrr la honte, trop
c'est trop, goutte d'eau, y en a marre, c'est bon j'arrête, abandonne
""",
    2: """
mauvais~, lent~, lenteur, cher, chère, trop cher, triste~, tristesse, déçu~, déçue, déception, décevant~, agaç~,
énerv~, énervant~, frustr~, désagréable~, impoli~, malpoli~, mal élevé, stress, stressé~, stressant~, insupportable~,
pénible~, galère~, galérer, inquiet~, inquiète~, peur, pleurer, pleure, moche~, ennuyeu~, fatigué~, fatigue, absurde~,
injuste~, dommage, hélas, malheureusement, désespéré~, désespérant, pff, pfff, pffff, grr, bof, sérieusement, raté,
rater, chaos, usine à gaz, fiasco, foutu, saoul~, saoûl~, gonfl~, gueule, chiant~, relou, pourri~, zut, mince, dur,
aucun respect, s'en fiche, s'en fichent, ment, vraiment pas, pas content~, pas normal, pas sérieux, pas pro, pas
acceptable, pas terrible, seule et, solitude, mal au, malade~, déprim~, dépit~, blasé~, lassé~, lassant, saoule,
soûle, angoiss~, froid de, froide, épuis~, crevé~, flemme, pleuré, larmes, désemparé~, démuni~, furie, ruine, ruineu~,
hors de prix, exorbitant~, prise de tête, prise d'otage, trompé~, trompeu~, trompe, mensonger, louche, douteu~, sale~,
crade, puant~, bête, débile~, idiot~, stupide~, n'a aucun, mal fait, mal foutu, mal géré, cuisent, anéanti~, effondr~,
a disparu, peine, à bout
""",
    1: """
difficile, compliqué~, bizarre~, étrange, tard, moyen~, soi disant, seul, perdu~, flou, regrett~, désolé~, froid
""",
}

TROUBLE = {
    3: """
ne marche pas, marche pas, marche plus, ne marche plus, marche toujours pas, ne fonctionne pas, fonctionne pas,
fonctionne plus, ne fonctionne plus, fonctionnent pas, fonctionne toujours pas, rien ne marche, rien ne fonctionne,
plus rien ne, toujours pas, toujours rien, toujours aucun~, toujours pareil, toujours en attente, toujours en panne,
encore une panne, encore en panne, encore une fois, encore un, en panne, pas de réseau, pas d'internet, pas de
connexion, pas de signal, pas de nouvelles, pas de réponse, pas de technicien, pas de remboursement, plus de réseau,
plus d'internet, plus de connexion, plus de télé, plus de ligne, plus de son, sans réseau, sans internet, sans
connexion, sans ligne, sans télé, sans réponse, sans nouvelle, sans nouvelles, sans prévenir, sans explication, sans
solution, aucune nouvelle, aucune réponse, aucun réseau, aucun signal, aucune aide, aucune solution, aucune
explication, aucun retour, aucun remboursement, personne ne, personne n, personne au, personne pour, personne à,
injoignable~, impossible de, impossible, n'arrive pas, n'arrive plus, n'arrivons pas, arrive plus à, arrive pas à, ne
peux plus, peux plus, peux pas me, ne répond~ pas, répond~ pas, ne répond, répondent pas, répond jamais, répond~ plus,
jamais reçu, jamais arrivé~, jamais livré~, jamais rappelé, jamais venu~, pas reçu, pas arrivé~, pas livré~, pas
venu~, pas été livré~, pas été remboursé~, pas remboursé~, non livré~, non reçu, non remboursé~, j'attends toujours,
attends toujours, attends encore, que j'attends, ça fait * jours, ça fait * semaines, ça fait * mois, ça fait *
heures, cela fait * jours, cela fait * semaines, cela fait * mois, cela fait * heures, fait * que, depuis * jours,
depuis * semaines, depuis * mois, depuis * heures, depuis des jours, depuis des semaines, depuis des mois, depuis des
heures, depuis hier, ça coupe, se coupe, coupe tout le temps, coupe sans cesse, coupures, ça plante, ça bug, ça rame,
me débite~, débité~ deux, débité~, prélevé~ deux, prélevé~ à tort, prélevé~, prélèvement non, facturé~ deux, facturé~
alors, surfactur~, continue~ de facturer, continuez à me, paye pour, me rembourser, remboursez, remboursez moi, rendez
moi, rendez l'argent, mon argent, a perdu mon, a perdu ma, ont perdu, perdu mon colis, perdu ma valise, colis perdu,
bagage perdu, arrivé cassé, arrivé ouvert, arrivé abîmé, arrivé endommagé, est arrivé ouvert, il manque, manque un,
cassé~, abîmé~, endommagé~, troué~, vol annulé, annulé par, annulé sans, vol retardé, heures de retard, heure de
retard, de retard, en retard, carte avalée, carte bloquée, compte bloqué, bloqué~, raccroché au nez, raccroch~, en
attente depuis, rendez vous manqué~, technicien pas, pas venu, encore augmenté, encore une augmentation, augmentation,
hausse de prix, écran noir, soi disant livré, soi disant, vous comptez, c'est pour quand, quand est ce que vous, quand
allez vous, où est mon, où est ma, où en est, je résilie, vais résilier, vais partir, change d'opérateur, refuse~ de,
personne ne répond, personne ne sait, personne ne vient, personne ne m, personne ne rappelle, personne ne fait,
personne n'est, ne rappelle~ pas, rappelle jamais, rappelle pas, ne vient pas, n'est pas venu, n'est jamais, n'est
toujours pas, n'a pas, n'ont pas, ne s'ouvre pas, ne charge pas, ne se connecte, ne passe pas, ne passe plus, ne
capte, capte pas, capte plus, capte rien, ne s'allume, s'allume pas, s'allume plus, ne bouge pas, bouge plus, ne bouge
plus, bloqué depuis, bloqués à, coincé~, coincés, surbooking, surréservation, correspondance ratée, raté ma
correspondance, loupé~, perdu mon vol, débarqué~, refusé~, carte refusée, paiement refusé, avalé ma, bloqué ma, bloqué
mon, bloque mon, clôturé~, gelé, prélevé sans, débit~ sans, sans mon accord, sans autorisation, sans raison, sans
motif, sans bagage, sans bagages, sans valise, sans colis, sans électricité, sans télévision, facture fausse, facture
erronée, facture trop, double facturation, double prélèvement, jamais commandé, jamais souscrit, jamais demandé,
jamais signé, mauvaise adresse, chez le voisin, devant la porte, jeté~, écrasé~, mouillé~, déchiré~, trempé~, rayé~,
ouvert et, vide, incomplet, incomplète, il en manque, manque la moitié, manquant, manquants, mauvais article, mauvaise
taille, mauvais produit, trop tard, en retard de, retard de, on attend, on attend depuis, attendu, attendre depuis,
attente interminable, j'ai attendu, poireaut~, posé ma journée, perdu ma journée, une heure au téléphone, heures au
téléphone, au téléphone depuis, raccroche, ça raccroche, renvoyé de, de service en service, tourner en rond, promis,
promesses, promesse non, menti, mensonge, on me dit, on me répond, on m'a dit, qu'est ce qui se passe, que se passe t
il, vous faites quoi, vous attendez quoi, c'est quoi ce, c'est quand, quand comptez, quand est ce qu'on, jusqu'à
quand, réparez, répondez, réagissez, faites quelque chose, rendez nous, rendez mon, rendre mon argent, je change, je
pars, je quitte, je vais changer, bientôt fini, résiliation, marre de, hotline injoignable, aucun contact, aucun
conseiller, aucun technicien, aucun suivi, aucun sms, aucun mail, aucune info, aucune information, aucune connexion,
aucune excuse, aucune trace, pas d'appel, pas d'info, pas d'infos, pas de colis, pas de bagage, pas de suivi, pas
d'électricité, pas de courant, pas de son, pas d'image, pas de retour, pas de 4g, pas de 5g, pas de wifi, pas normal,
pas possible de, pas moyen de, pas moyen d, ni eau, ni info, ni eau ni, sans eau, sans info, du jour au lendemain,
fermé mon compte, ont fermé, a fermé, jamais reçue, jamais eu, jamais eue, la bonne pièce, aucun n'avait, reste rouge,
voyant rouge, sur le tarmac, a encaissé, encaissé le, je l'attends, refuse la garantie, que des robots, m'envoie des
liens, de moins, rien n'a bougé, rien n'a changé, rien ne bouge, toujours aucune ligne, est faux, est fausse, haussent
les épaules, s'en lavent les mains, lavent les mains, prétend être, prétendent, pas un seul, pas une seule, ne veut
rien savoir, ne veulent rien, j'ai résilié, on se moque, se moque de, merci de corriger, je vous quitte, je m'en vais
""",
    2: """
panne, pannes, bug, bugs, bugge, beugue, problème, problèmes, souci, soucis, erreur, erreurs, défaut, défectueu~,
coupure, retard, retards, retardé~, perdu, volé, disparu~, remboursement, dédommagement, indemnisation, réclamation,
plainte, porter plainte, avocat, médiateur, litige, fraude, fraudé~, piraté~, piratage, annulé~, annulation, résili~,
mise en demeure, coupé~, interrompu~, instable~, absent, dysfonctionn~, inaccessible~, indisponible~, ne s'affiche,
abandonn~, baladé~, renvoie~, rien ne change, rien, en vain, manqué~, rame, lag, bridé, saccade~, pixelis~, figé~,
gèle, buffer~, saturé~, hors service, hors ligne, en rade, planté~, plantage~, déconnect~, reboot~, redémarr~,
introuvable~, égaré~, douane, hameçonnage, phishing, harcèlement, démarchage, huissier, tribunal, ufc, dgccrf,
signalconso, relancé, incident, incidents, délai, délais, hs
""",
    1: """
attente, attends, attendre, encore, annuler, changer, retour, bloquer, toujours, relance~, dépannage, service client
""",
}

ASK = {
    2: """
est ce possible, pouvez vous me dire, pouvez vous m'indiquer, savez vous, vous savez si, quelqu'un sait, quelqu'un
connaît, quelqu'un connait, j'aimerais savoir, je voudrais savoir, je voulais savoir, je souhaite savoir, je
souhaiterais savoir, aimerais connaître, une question, petite question, j'ai une question, comment faire, comment puis
je, comment fait on, combien coûte, combien de temps, combien ça coûte, à quelle heure, jusqu'à quelle heure, à partir
de quand, où puis je, où trouver, quels documents, merci de me dire, dites moi, peut il, peut elle, peuvent ils, peut
on, faut il, doit on, dois je, ça capte, besoin d'aide, pouvez vous m'aider, pourriez vous m'aider, m'aider, aidez
moi, à l'aide, pouvez vous vérifier, pourriez vous vérifier, pouvez vous me rappeler, merci de me rappeler, merci de
me contacter, merci de vérifier
""",
    1: """
est ce que, est ce qu, puis je, peut on, on peut, pourriez vous, peux tu, quelqu'un a, quelqu'un peut, je
souhaiterais, question, avez vous, vous avez, vous faites, êtes vous, vous êtes ouvert~, y a t il, y a til, il y a
moyen, c'est possible, possible de, comment on fait, quel est, quelle est, quels sont, quelles sont, à quelle, jusqu'à
quand, où je peux, c'est quoi, c'est quel, qu'est ce que, dois je, faut il, ça vaut le coup, que faut il, livrez vous,
proposez vous
""",
}

WH = """
comment, combien, quand, où, quel, quelle, quels, quelles, qui, pourquoi, est ce, peut on, savez, à quelle, c'est
"""

NOT = "ne, n, pas, jamais, plus, rien, aucun, aucune, sans, ni, personne, zéro, guère"

VERY = """
très, trop, super, vraiment, tellement, si, hyper, extrêmement, totalement, complètement, absolument,
particulièrement, carrément, ultra, quel, quelle, bien
"""

SPAM = {
    3: """
gagner de l'argent, gagnez de l'argent, gagné de l'argent, j'ai gagné, depuis chez vous, depuis la maison, de chez
vous, revenus complémentaires, revenu passif, liberté financière, bénéfice garanti, bénéfices garantis, gains
garantis, rendement garanti, investissez, cliquez ici, cliquez vite, cliquez sur, clique sur, clique ici, lien en bio,
lien dans ma bio, lien dans la bio, lien en profil, écrivez moi en privé, écrivez moi sur, contactez moi sur,
contactez le, contactez la, contactez nous par, contactez moi par, voici son whatsapp, son whatsapp, sur whatsapp, par
whatsapp, vous avez été sélectionné~, vous avez gagné, tu as gagné, gagnez un, gagnez des, réclamez votre, prêt entre
particuliers, offre de prêt, prêt d'argent, prêt rapide, prêt sans, accordé un prêt, sans justificatif~, crédit
rapide, crédit sans, abonnés instagram, abonnés pas chers, followers pas chers, acheter des abonnés, vrais abonnés,
marabout, voyance, retour affectif, concours gratuit, frais ici, réglez, doublez votre, iptv, ma coach, mon coach, mon
mentor, mon trader, groupe de signaux, signaux de, déblocage de, débloquer tout, prix imbattable, passez sur, adresse
incomplète, mettez à jour, sous 12, sous 24 h, sous 48, vérifiez votre, confirmez vos, confirmez votre, votre compte
sera, votre compte a été suspendu, compte suspendu, badge bleu, récupérer votre compte, pirater, espionner, rédaction
de mémoire, travail à domicile, job en ligne, sans expérience, gagnez jusqu'à, paiement quotidien, places à vendre,
billets à vendre, vends places, envoûtement, médium, perdre * kilos, minceur, crypto gratuite, support officiel,
service officiel, remplissez le formulaire, nudes, femmes célibataires, rencontre, escorte, regarde mon profil, ma
bio, ma nouvelle vidéo, tirage au sort, heureux gagnants, identifie 3, mentionne 3, première page de google, création
de site, a transformé mes, compte cpf, cpf, accès à votre wallet, wallet perdu, de réussite, en likant, liker des
vidéos, likant des, rejoins ma, rejoins mon, rejoignez mon, rejoignez notre, ma chaîne, groupe vip, par jour juste,
euros par jour, € par jour, rapide et discret, rapide et sûr, commence aujourd'hui, récupération de
""",
    2: """
bitcoin, crypto, cryptomonnaie, trading, trader, forex, investissement, investir, telegram, gratuit, gratuits, cadeau,
casino, jackpot, code promo, promo, abonnés, livraison immédiate, visitez notre, visitez mon, visitez ma, abonnez
vous, perdre du poids, maigrir, profit, profits, taux, réponse en 24h, cette dame, ce monsieur, partagez et, likez,
coach, mentor, signaux, broker, wallet, hack, soldes, code parrain, parrainage, bonus de bienvenue, mon lien, mon
code, frais de livraison, petite somme, est suspendu, demandez lui, changé ma vie, places limitées, dernières places,
vite vite, par jour, chaîne telegram, récupère, retraits, discret
""",
    1: """
whatsapp, argent, offre, gagner, gagnez, lien, cliquez, partagez, euros, privé, garanti, prêt, vite, concours,
promotion, site
""",
}

SERVICE = """
internet, wifi, fibre, box, routeur, modem, réseau, couverture, signal, ligne, forfait, forfaits, abonnement, contrat,
résiliation, résilier, facture, factures, facturation, sim, esim, itinérance, prépayé, service client, sav, hotline,
conseiller, conseillère, conseillers, service, assistance, opérateur, opérateurs, fournisseur, technicien, panne,
débit, chaînes, décodeur, télé, colis, livreur, livreurs, livraison, livraisons, livré, livrée, point relais, relais,
suivi, expédition, commande, transporteur, poste, bureau de poste, banque, compte, comptes, carte bancaire, carte
bleue, carte, distributeur, virement, virements, découvert, crédit immobilier, agence, agences, livret, prélèvement,
prélevé, prélevée, frais, remboursement, appli, application, site web, mot de passe, connexion, connecter, vol annulé,
vol, vols, avion, compagnie, compagnie aérienne, bagage, bagages, valise, valises, embarquement, équipage, siège,
sièges, hôtesse, aéroport, retard, billet, billets, réservation, annulé, client, clients, cliente, personnel, coupe,
coupures, testé, souscrit, voler avec, bon d'achat, avoir, escale, bagage à main, cabine, miles, relevé, débit
différé, dépôt, retrait, taux de change, pin, iban, rib, solde, ligne fixe, mobile, portable, télécommande, streaming,
installateur, installation, consigne, douane, casier, chat, chatbot, réclamation, renouvellement, hausse, mensuel, par
mois, chez eux, changer d'opérateur, raccordement, voisin, embarquer, réserver, réservé, gratuitement, souscrire,
offre internet, depuis 20, cliente depuis, client depuis, toit, barre, tarmac, jambes, carte d'embarquement, loyer,
hôtesses, déménagement, toute la famille, ont volé, volé avec
"""

ELSEWHERE = """
école, lycée, collège, prof, professeur, maîtresse, examen, partiel, contrôle, devoirs, cours, fac, concert, album,
chanson, chansons, tournée, chanteur, chanteuse, groupe, musique, radio, rythme, film, série, épisode, saison, acteur,
actrice, roman, livre, jeu, console, foot, football, but, entraîneur, joueur, équipe de france, ligue, recette, petit
déjeuner, déjeuner, dîner, gâteau, jus, fruit, salade, glace, dessert, cuisine, cuisiner, oiseau, animal, galaxie,
planète, mars, satellite, fusée, sonde, espace, orbite, télescope, constellation, lune, agence spatiale, spatiale,
programmation, code source, fonction, robe, robes, veste, jupe, chaussures, baskets, jean, pull, pantalon, vêtements,
taille, lavage, lavages, voiture, moteur, garage, mariage, poème, vin, bière, arbre, jardin, terre, plante, plantes,
bougie, voile, voilier, bateau, chewing gum, église, météo, plage, montagne, coucher de soleil, physique, chimie,
bible, prière, dieu, temple, roi, reine, président, élection, élections, ministre, vote, parti, guerre, armée, île,
fleuve, rivière, lac, village, festival, musée, peinture, tableau, artiste, galerie, ballet, danse, danser, vinyle,
guitare, batterie, netflix, anime, manga, bd, suite du film, basket, tennis, course, cheval, chien, chat noir, chaton,
nid, aigle, faucon, espèce, forêt, fleur, fleurs, récolte, ferme, curry, cocktail, bar, restaurant, chef, boulangerie,
chocolat, parfum, rouge à lèvres, maquillage, cheveux, tatouage, bague, collier, boucles, sac, tissu, casque, moto,
vélo, pneus, comète, éclipse, nébuleuse, supernova, astéroïde, lancement, station spatiale, github, latin, mot,
signifie, veut dire, grammaire, traduction, mots croisés, élève, élèves, étudiant, papa, maman, mamie, bébé,
anniversaire, pluie, été, hiver, solfège, manger, mange, peau, éplucher, chatte, chats, vétérinaire, pneu, garagiste,
garantie, librairie, pages, page, chapitre, histoire, manuel, duc, théâtre, première, coupe, finale, supporters,
courir, aube, voix, frissons, olympia, terrier, race, diviser, jardinage, course à pied, magasin
"""

HINT = """
mais, pourtant, encore, déjà, seulement, même, soi, soi disant, selon, paraît, il paraît, alors que, par contre,
cependant, au lieu, du jour au lendemain, tout à coup, soudain, à chaque fois, chaque fois, chaque jour, chaque soir,
tous les jours, tous les soirs, sans arrêt, toujours, robot, bot, chatbot, aucun, aucune, personne, jamais, ni, fermé,
passée de, passé de, j'étais, chez moi, à la maison, j'habite, voyant, rouge, clignotant, une barre, faut, il faut,
pareil, même problème, même chose, paye, paie, payé, payons, devait, devrait, devaient, censé, censée, quitte,
quitter, éclaté, encaissé, reste rouge, rebelote, re belote, re, fidèle cliente, client fidèle, ans chez, à la
dernière minute, refuse, refusent, weekend, n'ai, n'ont, n'avait, déclaré, il y a un mois, il y a quinze, quinze
jours, prétend, être passé, pas un seul, pas une seule, un seul, boîte aux lettres, télétravaille, affiché, faux,
fausse, j'ai payé, à l'autre bout, loin de, de la pub, pub, rien n'a bougé, répondu, de moins, de plus, haussent,
épaules, après * semaines, ne veut rien, mortes
"""

NUMBERS = "deux trois quatre cinq six sept huit neuf dix onze douze plusieurs"

UNITS = "heure heures h jour jours semaine semaines mois minutes min fois"
