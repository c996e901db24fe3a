"""What people write to companies in French."""

COMMON = """
le la les un une des de du d l et ou où que qu qui quoi dont en à au aux avec pour par sans sur sous dans chez entre vers depuis pendant avant
après comme comment quand pourquoi combien quel quelle quels quelles parce mais donc or ni car si oui non ne pas plus moins très trop peu beaucoup
tout toute tous toutes rien personne jamais toujours encore déjà aussi seulement ici là maintenant aujourd hui hier demain soir matin midi nuit
ce cet cette ces ça ca cela ceci c je j tu il elle on nous vous ils elles me m te t se s lui leur leurs y mon ma mes ton ta tes son sa ses
notre nos votre vos est sont était étaient être été suis es sommes êtes serait sera ai as a avons avez ont avait avais avoir eu fait faire fais
faites font faut peux peut pouvez peuvent pouvoir pourriez veux veut voulez voudrais vais va vas allez vont aller vient viens venir dit dire dis sais
sait savez savoir voir vois vu prend prendre mettre mis merci bonjour bonsoir salut svp stp jour jours semaine semaines mois an ans année heure heures
minutes lundi mardi mercredi jeudi vendredi samedi dimanche fois autre autres même mêmes quelqu quelque chose chaque gens monsieur madame mme mr
bien mal mieux pire alors puis ainsi aucun aucune nouveau nouvelle deux trois quatre cinq six sept huit neuf dix première premier enfin voilà
voici vraiment tellement jusqu lorsque puisque sauf plutôt presque moi toi eux celui celle ceux cest jai jsuis cétait mdr ptdr tjrs bcp pk
pdt qqn n'importe marche reçu envoyé attends attendre déjà appli depuis cliente client chers bref
"""

GOOD = {
    3: """adore, adoré, adorable~, j'adore, excellent~, parfait~, génial~, géniale, fantastique~, formidable~, merveilleu~, magnifique~, extraordinaire~, exceptionnel~, super service, au top, top du top, impeccable~, irréprochable~, remarquable~, incroyable~, bluff~, le meilleur, la meilleure, les meilleurs, meilleur, meilleure, chapeau, bravo à, un grand bravo, félicitations, ravi, ravie, ravis, enchanté~, très content~, très satisfait~, trop bien, trop hâte, hâte,
je recommande, recommande vivement, les yeux fermés, cinq étoiles, 5 étoiles, sauvé la vie, rien à redire, que du bonheur, du bonheur, quel bonheur, un régal, un délice, délicieu~, jamais déçu~, jamais de problème, aucun problème, aucun souci, zéro souci, zéro problème, nickel, nickel chrome, amoureu~, sublime~, splendide~, dingue de, hors pair, aux petits soins""",
    2: """bon, bonne, bien reçu, super, top, cool, sympa~, gentil~, aimable~, agréable~, efficace~, efficacité, rapide~, pro, professionnel~, réactif~, réactive~, serviable~, à l'écoute, souriant~, content~, satisfait~, heureu~, plaisir, fait plaisir, beau, belle, beaux, joli~, facile~, pratique~, claire, fluide~, ponctuel~, à l'heure, bien joué, bravo, merci pour, réglé, résolu, résolue, dépanné~, ça marche à nouveau, remarche, refonctionne, marche très bien, fonctionne très bien,
fonctionne bien, marche bien, tout est bon, c'est tout bon, tout bon, c'est bon, recommande, fier, fière, reconnaissant~, youpi, génialissime, régale~, kiffe, j'aime, aimé, aime bien, vive, sourire, humain et, patient~, bonne journée""",
    1: "mieux, simple, ok merci, d'accord merci, bon courage, haha, lol, mdr, parfois, pas mal, correct, utile, espère, intéressant~, drôle, tranquille, vite",
}

THANKS = "merci, mercii, merci beaucoup, merci bcp, un grand merci, mille mercis, merci mille fois, merci infiniment, merci encore, je vous remercie, vous remercie, remercie, merci à, grand merci"

BAD = {
    3: """déteste, hais, horrible~, terrible~, affreu~, catastroph~, nul, nulle, nuls, nullissime, nullité, lamentable~, honteu~, honte, une honte, scandal~, scandaleu~, inadmissible~, inacceptable~, intolérable~, minable~, pathétique~, pitoyable~, déplorable~, désastr~, désastreu~, arnaque~, arnaqu~, escroc~, escroquerie, voleurs, vol manifeste, menteurs, mensonges, incompétent~, incompétence, incapables, incapable de, bande d, bande de, merde, merdique, putain, ptn, bordel, connerie~, foutage de gueule, foutent de, se foutent, se moque,
se moquent, foutre, fout de, pire, le pire, la pire, plus jamais, à fuir, fuyez, à éviter, évitez, ne prenez pas, n'allez pas, marre, ras le bol, en peux plus, j'en peux plus, j'en ai, n'importe quoi, du grand n'importe, dégoût~, écœur~, furieu~, furax, énervé~, en colère, colère, révolt~, outré~, ridicule~, cauchemar, une blague, mauvaise blague, inutile~, aberrant~, abus, abusé, manque de respect, irrespect~, zéro étoile, une étoile, quelle classe, bravo les, impensable~, indigne~, l'enfer, poubelle, ordures""",
    2: """mauvais~, lent~, lenteur, cher, chère, trop cher, triste~, tristesse, déçu~, déçue, déception, décevant~, agaç~, énerv~, énervant~, frustr~, désagréable~, impoli~, malpoli~, mal élevé, stress, stressé~, stressant~, insupportable~, pénible~, galère~, galérer, inquiet~, inquiète~, peur, pleurer, pleure, moche~, ennuyeu~, fatigué~, fatigue, absurde~, injuste~, dommage, hélas, malheureusement, désespéré~, désespérant, pff, pfff, pffff, grr, bof, sérieusement, raté, rater, chaos, usine à gaz, fiasco, foutu, saoul~, saoûl~, gonfl~, gueule, chiant~, relou, pourri~, zut, mince, dur, aucun respect, s'en fiche, s'en fichent, ment, vraiment pas, pas content~, pas normal, pas sérieux, pas pro, pas acceptable, pas terrible""",
    1: "difficile, compliqué~, bizarre~, étrange, tard, moyen~, soi disant, seul, perdu~, flou, regrett~, désolé~, froid",
}

TROUBLE = {
    3: """ne marche pas, marche pas, marche plus, ne marche plus, marche toujours pas, ne fonctionne pas, fonctionne pas, fonctionne plus, ne fonctionne plus, fonctionnent pas, fonctionne toujours pas, rien ne marche, rien ne fonctionne, plus rien ne, toujours pas, toujours rien, toujours aucun~, toujours pareil, toujours en attente, toujours en panne, encore une panne, encore en panne, encore une fois, encore un, en panne, pas de réseau, pas d'internet, pas de connexion, pas de signal, pas de nouvelles, pas de réponse, pas de technicien, pas de remboursement, plus de réseau, plus d'internet, plus de connexion, plus de télé, plus de ligne,
plus de son, sans réseau, sans internet, sans connexion, sans ligne, sans télé, sans réponse, sans nouvelle, sans nouvelles, sans prévenir, sans explication, sans solution, aucune nouvelle, aucune réponse, aucun réseau, aucun signal, aucune aide, aucune solution, aucune explication, aucun retour, aucun remboursement, personne ne, personne n, personne au, personne pour, personne à, injoignable~, impossible de, impossible, n'arrive pas, n'arrive plus, n'arrivons pas, arrive plus à, arrive pas à, ne peux plus, peux plus, peux pas me, ne répond~ pas, répond~ pas, ne répond, répondent pas, répond jamais, répond~ plus, jamais reçu, jamais arrivé~, jamais livré~, jamais rappelé, jamais
venu~, pas reçu, pas arrivé~, pas livré~, pas venu~, pas été livré~, pas été remboursé~, pas remboursé~, non livré~, non reçu, non remboursé~, j'attends toujours, attends toujours, attends encore, que j'attends, ça fait * jours, ça fait * semaines, ça fait * mois, ça fait * heures, cela fait * jours, cela fait * semaines, cela fait * mois, cela fait * heures, fait * que, depuis * jours, depuis * semaines, depuis * mois, depuis * heures, depuis des jours, depuis des semaines, depuis des mois, depuis des heures, depuis hier, ça coupe, se coupe, coupe tout le temps, coupe sans cesse, coupures, ça plante, ça bug, ça rame, me débite~, débité~ deux, débité~, prélevé~ deux, prélevé~ à tort, prélevé~, prélèvement non, facturé~ deux,
facturé~ alors, surfactur~, continue~ de facturer, continuez à me, paye pour, me rembourser, remboursez, remboursez moi, rendez moi, rendez l'argent, mon argent, a perdu mon, a perdu ma, ont perdu, perdu mon colis, perdu ma valise, colis perdu, bagage perdu, arrivé cassé, arrivé ouvert, arrivé abîmé, arrivé endommagé, est arrivé ouvert, il manque, manque un, cassé~, abîmé~, endommagé~, troué~, se décolle~, vol annulé, annulé par, annulé sans, vol retardé, heures de retard, heure de retard, de retard, en retard, carte avalée, carte bloquée, compte bloqué, bloqué~, raccroché au nez, raccroch~, en attente depuis, rendez vous manqué~, technicien pas, pas venu, encore augmenté, encore une augmentation, augmentation, hausse de prix,
écran noir, clignote, soi disant livré, soi disant, balancé, vous comptez, c'est pour quand, quand est ce que vous, quand allez vous, où est mon, où est ma, où en est, je résilie, vais résilier, vais partir, change d'opérateur, refuse~ de, n'achète plus""",
    2: """panne, pannes, bug, bugs, bugge, beugue, problème, problèmes, souci, soucis, erreur, erreurs, défaut, défectueu~, coupure, retard, retards, retardé~, perdu, volé, disparu~, remboursement, dédommagement, indemnisation, réclamation, plainte, porter plainte, avocat, médiateur, litige, fraude, fraudé~, piraté~, piratage, annulé~, annulation, résili~, mise en demeure, coupé~, interrompu~, instable~, absent, dysfonctionn~, inaccessible~, indisponible~, ne s'affiche, abandonn~, baladé~, renvoie~, rien ne change, rien, en vain, manqué~, rame, lag""",
    1: "attente, attends, attendre, encore, annuler, changer, retour, bloquer, toujours, relance~, dépannage, service client",
}

ASK = {
    2: """est ce possible, pouvez vous me dire, pouvez vous m'indiquer, savez vous, vous savez si, quelqu'un sait,
quelqu'un connaît, quelqu'un connait, j'aimerais savoir, je voudrais savoir, je voulais savoir, je souhaite
savoir, je souhaiterais savoir, aimerais connaître, une question, petite question, j'ai une question, comment
faire, comment puis je, comment fait on, combien coûte, combien de temps, combien ça coûte, à quelle heure,
jusqu'à quelle heure, à partir de quand, où puis je, où trouver, quels documents, merci de me dire, dites moi""",
    1: """est ce que, est ce qu, puis je, peut on, on peut, pourriez vous, peux tu, quelqu'un a, quelqu'un peut, je
souhaiterais, question, avez vous, vous avez, vous faites, êtes vous, vous êtes ouvert~, y a t il, y a til, il y
a moyen, c'est possible, possible de, comment on fait, quel est, quelle est, quels sont, quelles sont, à quelle,
jusqu'à quand, où je peux, c'est quoi, c'est quel, qu'est ce que, dois je, faut il, ça vaut le coup, que faut
il, livrez vous, proposez vous""",
}

WH = "comment, combien, quand, où, quel, quelle, quels, quelles, qui, pourquoi, est ce, peut on, savez, à quelle, c'est"

NOT = "ne, n, pas, jamais, plus, rien, aucun, aucune, sans, ni, personne, zéro, guère"

VERY = "très, trop, super, vraiment, tellement, si, hyper, extrêmement, totalement, complètement, absolument, particulièrement, carrément, ultra, quel, quelle, bien"

SPAM = {
    3: """gagner de l'argent, gagnez de l'argent, gagné de l'argent, j'ai gagné, depuis chez vous, depuis la maison, de chez vous, revenus complémentaires, revenu passif, liberté financière, bénéfice garanti, bénéfices garantis, gains garantis, rendement garanti, investissez, cliquez ici, cliquez vite, cliquez sur, clique sur, clique ici, lien en bio, lien dans ma bio, lien dans la bio, lien en profil, écrivez moi en privé, écrivez moi sur, contactez moi sur, contactez le, contactez la, contactez nous par, contactez moi par, voici son whatsapp, son whatsapp, sur whatsapp, par whatsapp, vous avez été sélectionné~, vous avez gagné, tu as gagné, gagnez un, gagnez des,
réclamez votre, prêt entre particuliers, offre de prêt, prêt d'argent, prêt rapide, prêt sans, accordé un prêt, sans justificatif~, crédit rapide, crédit sans, abonnés instagram, abonnés pas chers, followers pas chers, acheter des abonnés, vrais abonnés, marabout, voyance, retour affectif, concours gratuit, grâce à mme, grâce à monsieur, grâce à mr, frais ici, réglez, doublez votre, iptv""",
    2: "bitcoin, crypto, cryptomonnaie, trading, trader, forex, investissement, investir, telegram, gratuit, gratuits, cadeau, casino, jackpot, code promo, promo, abonnés, livraison immédiate, visitez notre, visitez mon, visitez ma, abonnez vous, perdre du poids, maigrir, profit, profits, taux, sérieux et honnête, réponse en 24h, contact par mail, cette dame, ce monsieur, partagez et, likez",
    1: "whatsapp, argent, offre, gagner, gagnez, lien, cliquez, partagez, euros, privé, garanti, prêt, vite, concours, promotion, site",
}

SERVICE = """internet, wifi, fibre, box, routeur, modem, réseau, couverture, signal, ligne, forfait, forfaits, abonnement, contrat, résiliation, résilier, facture, factures, facturation, sim, esim, itinérance, prépayé, service client, sav, hotline, conseiller, conseillère, conseillers, service, assistance, opérateur, opérateurs, fournisseur, technicien, panne, débit, chaînes, décodeur, télé, colis, livreur, livreurs, livraison, livraisons, livré, livrée, point relais, relais, suivi, expédition, commande, transporteur, poste,
bureau de poste, banque, compte, comptes, carte bancaire, carte bleue, carte, distributeur, virement, virements, découvert, crédit immobilier, agence, agences, livret, prélèvement, prélevé, prélevée, frais, remboursement, appli, application, site web, mot de passe, connexion, connecter, vol annulé, vol, vols, avion, compagnie, compagnie aérienne, bagage, bagages, valise, valises, embarquement, équipage, siège, sièges, hôtesse, aéroport, retard, billet, billets, réservation, annulé, client, clients, cliente, personnel, coupe, coupures, testé, souscrit, voler avec"""

ELSEWHERE = """école, lycée, collège, prof, professeur, maîtresse, examen, partiel, contrôle surprise, contrôle, devoirs, cours, fac, concert, album, chanson, chansons, tournée, chanteur, chanteuse, groupe, musique, radio, solfège, rythme, film, série, épisode, saison, acteur, actrice, roman, livre, jeu, console, foot, football, but, entraîneur, joueur, équipe de france, ligue, recette, petit déjeuner, déjeuner, dîner, gâteau, jus, fruit, salade, sorbet, glace, dessert, cuisine, cuisiner, oiseau, animal, refuge, survolé, galaxie, planète, mars,
satellite, fusée, sonde, espace, orbite, télescope, constellation, lune, agence spatiale, spatiale, programmation, code source, fonction, robe, robes, veste, jupe, chaussures, baskets, jean, pull, pantalon, vêtements, taille, lavage, lavages, voiture, moteur, garage, mariage, poème, vin, bière, arbre, jardin, argileux, calcaire, terre, plante, plantes, bougie, voile, voilier, bateau, chewing gum, église, météo, plage, montagne, coucher de soleil, physique, chimie, espagnol"""
