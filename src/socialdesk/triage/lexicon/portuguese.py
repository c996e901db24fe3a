"""What people write to companies in Portuguese, in Brazil and in Portugal."""

COMMON = """
o a os as um uma uns umas de do da dos das no na nos nas ao à aos às em com por pelo pela pelos pelas para pra pro
pras pros sem sobre entre até desde e ou mas porém se que quê quem qual quais quando onde como porque porquê por quê
quanto quanta quantos não nao nem já muito muita muitos muitas mais menos pouco pouca tudo todo toda todos todas nada
ninguém nunca sempre também tb só apenas aqui aí ali lá agora hoje ontem amanhã depois antes ainda este esta isto esse
essa isso esses essas aquele aquela aquilo neste nesta nesse nessa desse dessa disso me te lhe lhes nos vos meu minha
meus minhas teu tua seu sua seus suas nosso nossa eu tu ele ela nós eles elas você vocês vc vcs gente é são era eram
foi foram ser sido está estão estou estava estamos estar tô tá tão estive tenho tem têm temos ter tinha tive teve há
havia fiz fez faz fazem fazer feito fazendo posso pode podem poder podia poderia quero quer querem queria vou vai vão
vamos ir ia dou dá dão dar diz dizem dizer disse sei sabe sabem saber chega chegou chegar fica ficou ficar obrigado
obrigada olá oi bom boa dia tarde noite dias semana semanas mês meses ano anos hora horas minutos segunda terça quarta
quinta sexta sábado domingo vez vezes outra outro mesmo mesma alguém algo alguma algum cada senhor senhora bem mal
melhor pior assim então pois né aí dois duas três quatro cinco seis sete oito nove dez novo nova conta favor pessoal
galera cara hj q pq blz vlw kkk kkkk rs aliás enquanto embora sim num numa dum pôr fosse deu vem sair ela consigo
consegue coisa coisas empresa conta dinheiro homem mulher filho filha cidade país rua mundo vida trabalho amigo falar
ligar ligo pagar pago comprar comprei ver vejo abraço tchau adeus nenhum lado parte tipo jeito verdade acho feira fim
meio pro lá acabei deixar dentro fora
"""

GOOD = {
    3: """
amo, amei, adoro, adorei, excelente~, incrível, incríveis, fantástic~, maravilh~, perfeit~, ótim~, óptim~,
espetacular~, espectacular~, sensacional~, magnífic~, extraordinári~, impecável, impecáveis, show, show de bola, nota
10, nota dez, nota mil, nota máxima, o melhor, a melhor, os melhores, melhor atendimento, melhor empresa, arrasaram,
arrasou, mandaram bem, mandou bem, de parabéns, está de parabéns, estão de parabéns, muito feliz, muito satisfeit~,
super satisfeit~, super feliz, recomendo, super recomendo, recomendo muito, cinco estrelas, 5 estrelas, salvaram meu,
salvou meu, salvou minha, bom demais, boa demais, demais da conta, top demais, apaixonad~, lind~, linda demais,
delícia, delicios~, sem reclamações, nada a reclamar, zero problemas, sem problemas, nenhum problema, fora de série,
coisa mais linda, encantad~, felicidade, nota 1000, 10 10, dez de dez, de primeira, de outro mundo, sem palavras, sem
defeitos, um arraso, arraso, um espetáculo, coisa linda, que delícia, um sonho, sonho, nunca me deixou na mão, nunca
me deixaram, nunca falha, nunca falhou, nunca tive problema, nunca tive problemas, heróis, herói, anjo, anjos,
salvador~, vocês são demais, são demais, são os melhores, sou fã, muito fã, fã de, amando, amor da, amooo, fofo, fofa,
fofos, gostos~, divin~, estupend~, formidável, primoroso, cinco stars, tá de parabéns, parabéns equipe, surpreendente,
tem que elogiar, uns amores, um amor, assim sim, doçura, uns anjos, um anjo, uma querida, um querido, queridos, gente
boa, obrigado a, obrigada a, obrigado à, obrigada à, gratidão à, gratidão ao, muito obrigado ao, um salve, salve pra,
parabéns à, parabéns ao, lidou muito bem, lidaram muito bem, muito bem, tudo inteiro, chegou inteiro, de graça e
""",
    2: """
bom, boa, bons, boas, legal, bacana, top, massa, fixe, simpátic~, atencios~, gentil, gentis, educad~, eficiente~,
eficaz, profissional, profissionais, rápid~, rapidinho, rapidíssim~, pontual, pontuais, feliz, felizes, contente~,
satisfeit~, grat~, agradec~, agradável, bonit~, belo, bela, prático, funcionou, funciona bem, funciona perfeitamente,
voltou a funcionar, já funciona, está funcionando, tá funcionando, resolvid~, resolveram, resolveu, solucion~,
ajudaram, ajudou, chegou direitinho, chegou certinho, chegou antes, direitinho, certinho, deu certo, valeu a pena,
parabéns pelo, parabéns pela, parabéns a, gostei, gosto muito, curti, elogio, elogiar, tranquil~, confort~, orgulho,
emocionad~, uhul, eba, viva, até que enfim, impressionad~, surpreend~, compensa muito, sem dor, cordial, cordiais,
prestativ~, paciente, pacientes, solícit~, competente~, cuidados~, carinho, carinhos~, aconchegante, aliviad~, alívio,
que bom, que alegria, alegre, alegria, sorte, animad~, antes do prazo, antes do previsto, chegou bem, chegou perfeito,
tudo certo, tudo perfeito, tudo ok, tudo bem agora, tudo resolvido, num instante, na hora certa, super rápido, super
fácil, muito fácil, muito rápido, muito bom, muito boa, muito bem, impecavel, funcionando perfeitamente, funciona
direitinho, caprich~, sucesso, em menos de uma hora, antes de eu, ainda arrumou, com paciência, com carinho, cuidaram,
cuidado com, agora foi, merece
""",
    1: """
fácil, barato, melhor, ok obrigado, haha, kkk, beleza, certo, simples, tomara, espero que, interessante, engraçad~,
clar~, justo, maneiro, graças a
""",
}

THANKS = """
obrigado, obrigada, obg, obgd, brigado, brigada, muito obrigado, muito obrigada, mt obrigado, valeu, vlw, valeu
demais, agradeço, agradecida, agradecido, grato, grata, obrigadão, gratidão
"""

BAD = {
    3: """
odeio, ódio, péssim~, horrível, horríveis, terrível, terríveis, horroros~, noj~, nojo, nojento, vergonha, vergonhos~,
uma vergonha, lamentável, ridícul~, patétic~, absurdo, um absurdo, absurda, inaceitável, inadmissível, inútil,
inúteis, incompetente~, incompetência, lixo, um lixo, merda, porra, caralho, bosta, porcaria, droga, desgraç~,
palhaçada, piada, uma piada, golpe, golpistas, fraude, burla, roubo, ladrões, bandidos, pilantra~, safad~, mentiros~,
mentem, mentira, enganação, enganad~, engan~, pior, a pior, o pior, os piores, nunca mais compro, nunca mais uso,
nunca mais, jamais, não recomendo, não contratem, não comprem, fujam, fuja, corram, de saco cheio, cansei, farto,
farta, estou farto, não aguento mais, não aguento, que raiva, raiva, que ódio, furios~, revoltad~, revoltante,
indignad~, indignação, falta de respeito, descaso, desrespeito, total descaso, um caos, pesadelo, inferno, desastre,
desastros~, zero estrelas, escroto, irresponsá~, decepção, decepcionante, chocad~, um nojo, abusiv~, abuso, procon,
lixos, bando de, palhaços, circo, vergonhoso, nojentos, asco, um horror, um terror, terror, sem noção, cara de pau,
sem vergonha, ladroagem, roubalheira, uma piada de, tá de brincadeira, brincadeira, só pode ser, tá de sacanagem,
inacreditável, surreal, humilhante, humilhação, desumano, negligência, negligentes, nem de graça, não volto, não volto
mais, não indico, me arrepend~, arrepend~, estúpid~, idiotas, imbecis, otário, otários, cambada, corja, vão se, vai
se, puto, puta, pistola, foda se, que bosta, que merda, que lixo, que absurdo, que palhaçada, que vergonha
""",
    2: """
ruim, ruins, mau, má, maus, lent~, lentidão, caro, cara demais, caríssim~, triste~, tristeza, chatead~, chato, chata,
irritad~, irritante, decepcionad~, desiludid~, frustrad~, frustrante, grosseir~, mal educad~, grosso, desesper~,
estress~, preocupad~, preocupante, fei~, cansad~, chorar, chorando, medo, complicad~, enrol~, enrolação, enrolando,
ignorad~, ignor~, pouco caso, não estão nem aí, não tão nem aí, ninguém liga, desculpas esfarrapadas, bagunça, péss,
aff, affe, putz, poxa, eita, pqp, vsf, fdp, tnc, que saco, saco, um saco, sacanagem, injust~, horror, difícil demais,
dor de cabeça, trouxa, culpa, deplorável, fraquinho, não gostei, mal atendid~, cansa, sozinh~, dor, doi, dói, doente~,
angústia, angustiad~, agonia, aflit~, exaust~, deprimid~, chorei, choro, ranço, preguiça, estragou, arruin~, tonto,
burro, burra, burrice, besteira, ignorância, arrogante~, prepotente~, despreparad~, careiro, caros, salgado, explora~,
explorador~, ganancios~, engan~, tédio, odiei, desagrad~, desânimo, em pedaços, arrasada, arrasado, derretendo,
sufoco, sumiu
""",
    1: """
difícil, estranh~, confus~, tarde demais, infelizmente, pena, que pena, lamento, sujo, suja, chuva, frio, perdi,
esqueci, demorad~, meh, cansaço
""",
}

TROUBLE = {
    3: """
não funciona, não funcionam, não funcionou, nao funciona, sem funcionar, não está funcionando, não tá funcionando,
parou de funcionar, não abre, não carrega, não conecta, não entra, não deixa, não me deixa, não consigo, não consegui,
não consegue, não conseguimos, nao consigo, não chegou, não chega, nunca chegou, ainda não chegou, ainda não recebi,
não recebi, nunca recebi, não apareceu, ninguém apareceu, não veio, ninguém veio, não vieram, não atende~, não
atendem, não responde~, não respondem, ninguém atende, ninguém responde, ninguém resolve, ninguém ajuda, ninguém me,
ninguém sabe, ninguém dá, ninguém faz, não resolve~, não resolvem, não resolveram, não resolveu, sem solução, sem
resposta, sem retorno, sem explicação, sem avisar, sem aviso, sem sinal, sem internet, sem linha, sem luz, sem rede,
sem conexão, sem ligação, sem serviço, sem dados, não tem sinal, não tem internet, não tenho internet, não tenho
sinal, não tenho rede, continua sem, continuo sem, continuamos sem, continua igual, continua a mesma, continua na
mesma, mesma coisa, continuo à espera, continuo esperando, ainda à espera, ainda espero, à espera há, estou há, tô há,
estamos há, há * dias, há * semanas, há * meses, há * horas, faz * dias, faz * semanas, faz * meses, já faz, dias sem,
semanas sem, horas sem, meses sem, até agora nada, até agora ninguém, até agora não, até hoje nada, até hoje não, até
quando, quando vão, quando é que, cadê, cadê meu, cadê minha, onde está a minha, onde está o meu, caiu de novo, caiu,
cai quando, cai toda, sempre cai, vive caindo, fica caindo, caindo, de novo, outra vez, mais uma vez, pela * vez, fora
do ar, fora de serviço, cobrança indevida, cobrança em, cobraram, cobrando, me cobram, cobrado duas, cobraram duas,
débito * não, débito na minha conta, não reconheço, não fiz, descontaram, meu dinheiro, quero meu dinheiro, devolvam,
dinheiro de volta, extraviou, extraviaram, extraviad~, perderam minha, perderam meu, perderam a minha, perdeu minha,
perdeu meu, chegou aberta, chegou aberto, chegou quebrad~, chegou atrasad~, chegou danificad~, chegou amassad~, chegou
vazi~, chegou errad~, quebrou, quebrad~, partido, rasgad~, faltam, faltando, está parada, está parado, tá parada,
parada em, retida em, cancelaram, cancelou meu, voo cancelado, voo atrasado, horas de atraso, de atraso, atrasado *
horas, cartão bloqueado, cartão clonado, clonado, clonaram, conta bloqueada, bloquearam, desligaram na, desligou na,
caiu a ligação, me passam, transferem, aumentaram, aumento, vou cancelar, quero cancelar, mudar de operadora, trocar
de operadora, se recusa~, recusam, não quer trocar, não querem, já remarquei, não adiantou, não adianta, tela preta,
ecrã preto, jogaram, nem sequer, nem ao menos, pedi o reembolso, e nada, não dá sinal, não dá para entrar, não dá pra
entrar, não dão, não dá retorno, não fazem nada, não sabem, não ajudam, não me ajudam, não me atendem, não me
respondem, não me devolve~, não me ligaram, não retornam, não retornou, não liga~, não pega, não acessa, não atualiza,
não sai do, não saiu, não entregam, não entregaram, não foi entregue, não foi resolvido, não foi feito, não autorizei,
não contratei, não pedi, não comprei, não aceita, não aceitam, não passa, não passou, não posso, não tem como, não tem
previsão, não tem ninguém, não há sinal, não há internet, não há rede, não há resposta, ninguém vem, ninguém liga,
ninguém ligou, ninguém retorna, ninguém explica, ninguém soluciona, ninguém nos, ninguém entregou, nunca atendem,
nunca veio, nunca resolvem, nunca recebo, nada resolvido, nada funciona, nada feito, nenhuma resposta, nenhuma
solução, nenhum retorno, nenhuma explicação, nenhuma informação, sem previsão, sem wifi, sem telefone, sem tv, sem
encomenda, sem mala, sem bagagem, sem dinheiro, sem autorização, sem motivo, sem reembolso, sem conseguir, esperando
desde, esperando há, espero há, espero desde, aguardando há, aguardando desde, aguardo há, fiquei esperando, fiquei
sem, ficamos sem, estou sem, estamos sem, tô sem, to sem, estou esperando, continuo a, continua caindo, continua fora,
continuam, voltou a cair, cair de novo, preso no, presos no, presa no, presos em, parados no, perdi o voo, perdi minha
conexão, perdi a ligação, overbooking, voo adiado, mudaram meu, mudaram o, remarcaram, embarque negado, me cobraram,
me cobrou, foi cobrado, fui cobrad~, cobrado indevid~, cobram por, cobrança duplicada, cobrança dupla, valor errado,
fatura errada, fatura veio, conta veio, veio errad~, veio quebrad~, veio faltando, veio com defeito, veio aberta, veio
vazia, endereço errado, entregue no endereço, entregaram no, entregaram para, deixaram na, deixaram no, deixou na,
molhad~, amassad~, riscad~, estragad~, incompleto, incompleta, produto errado, falta metade, falta um, falta uma,
bloqueou meu, bloqueou minha, bloquearam meu, bloquearam minha, engoliu meu, engoliu o, recusado, recusada, cartão
recusado, me transferem, me transferiram, me jogam, empurra empurra, jogo de empurra, prometem, prometido, mentiu,
mentiram, enganaram, disseram que, dizem que vão, quando vai, quando volta, quando chega meu, quando vou receber, que
dia vai, o que está acontecendo, o que aconteceu com, alguém me ajuda, resolvam, respondam, arrumem, façam alguma, me
devolvam, devolve meu, vou mudar, vou trocar, vou processar, vou denunciar, portabilidade, quero meu reembolso, sem
água, sem informação, jamais veio, jamais recebi, jamais chegou, encerrou a minha, encerrou minha, encerraram a minha,
encerraram minha, fechou minha conta, na pista, peça errada, nenhum trouxe, luz vermelha, luzinha vermelha, site
descontou, descontou o, sem confirmação, não cobre, mandando link, mandam link, só um robô, só pega, a menos, nada
mudou, lavaram as mãos, lavam as mãos, nem tocou, que não é o meu, não é o meu, não é a minha, mais caro, cancelei,
mentira pura, não quer nem saber, não querem saber, me colocaram longe, só propaganda, vou embora, vou sair da, estou
saindo da, deixando a
""",
    2: """
avaria, avarias, queda, quedas, instável, instabilidade, erro, erros, falha, falhas, falhando, bug, bugado, bugada,
trava, travando, travou, travado, problema, problemas, atraso, atrasos, atrasad~, perdid~, sumiu, danificad~, defeito,
defeituos~, reembolso, estorno, estornem, devolução, indemnização, indenização, reclamação, reclamar, reclame aqui,
queixa, livro de reclamações, advogado, processar, processo, anatel, deco, bacen, hackearam, hackeado, roubaram,
roubad~, bloquead~, cancelad~, interrompid~, corte, cortaram, cortes, demora, demorando, espera, esperando,
prometeram, ausente, sem respeito, indevid~, lenta demais, muito lenta, muito lento, péssima conexão, até agora,
apagão, oscilando, oscila, intermitente, congela, congelou, congelando, pixelada, lag, lagando, indisponível, sistema
fora, fora do, travada, sumido, desaparecid~, retido, alfândega, phishing, clonagem, spam, telemarketing, justiça,
senacon, jec, protocolo, protocolos, prazo, prazos, chamado, chamados, inoperante
""",
    1: """
cancelar, demora~, trocar, devolver, aguardo, aguardando, parad~, remarc~, cobrança, continua, ainda, espero, nada
""",
}

ASK = {
    2: """
pode me dizer, podem me dizer, podem dizer, é possível, seria possível, alguém sabe, alguém usa, alguém conhece, sabem
se, sabe se, sabes se, gostaria de saber, queria saber, quero saber, gostava de saber, preciso saber, uma dúvida,
tenho uma dúvida, tirar uma dúvida, dúvida, uma pergunta, quanto custa, quanto tempo, quais documentos, como faço,
como posso, onde posso, onde encontro, onde é que, que horas, a que horas, até que horas, a partir de quando, preciso
de atestado, o sinal presta, é por fora, vem incluso, me ajudem, me ajudar, me ajuda por favor, podem ajudar, pode
ajudar, preciso de ajuda, ajuda por favor, por favor ajuda, socorro, podem verificar, pode verificar, poderiam
verificar, podem me ligar
""",
    1: """
posso, podia me, podiam, poderia, poderiam, dá pra, dá para, alguém tem, alguém aqui, alguém já, vocês têm, vocês tem,
vcs tem, têm algum, tem algum, tem alguma, vocês fazem, vocês entregam, entregam em, quanto é, quanto fica, qual é,
qual o, qual a, quais são, quais os, como funciona, como é que, onde fica, onde vejo, preciso de, o que preciso, o que
é preciso, tem como, compensa, vale a pena, recomendam, me indicam, me ajuda a, me expliquem
""",
}

WH = """
qual, quais, quanto, quantos, quando, onde, como, quem, por que, será que, que horas, posso, tem, têm, alguém, a que
"""

NOT = "não, nao, n, ñ, nem, nunca, jamais, sem, nada, ninguém, nenhum, nenhuma, tampouco, zero, mal"

VERY = """
muito, muita, super, tão, mt, mto, demais, bastante, realmente, totalmente, completamente, absolutamente,
extremamente, bem, que, mega, hiper, mais
"""

SPAM = {
    3: """
ganhe dinheiro, ganhar dinheiro, ganhando dinheiro, ganhe até, ganhe * por dia, sem sair de casa, trabalhe em casa, de
casa, renda extra, rendaextra, renda passiva, liberdade financeira, lucro garantido, lucros garantidos, retorno
garantido, invista, dobre seu, duplique o, clique aqui, clique no link, clica no link, clica aqui, link na bio, link
no perfil, chama no zap, chama no direct, chama no privado, chama no whats, chama no pv, me chama no, mande mensagem
para, fale comigo no, você foi selecionad~, foi selecionad~, foi sortead~, você ganhou, vc ganhou, parabéns você,
receber o prêmio, resgate seu, confirme seus dados, empréstimo pra, empréstimo para, empréstimo na hora, empréstimo
rápido, sem consulta, pra negativado, para negativados, negativado, seguidores reais, comprar seguidores, compre
seguidores, ganhar seguidores, compre já, garanta já, garanta já o, últimas vagas, só hoje, pague a taxa, iptv, esse
hacker, recuperou todo, recuperou meu dinheiro, amarração, vidente, tarot, jogo do tigrinho, tigrinho, minha mentora,
meu mentor, meu coach, grupo de sinais, sinais de, desbloqueio de, desbloqueamos, menor preço, melhor preço, fala no
telegram, endereço incompleto, atualize em, em 12 horas, em 24 horas, em 48 horas, verifique sua, verifique o seu,
confirme o seu, sua conta será, sua conta foi suspensa, conta suspensa, selo azul, selo de verificado, recuperar
contas, hackear, espionar, faço tcc, fazemos tcc, trabalho online, trabalho em casa, vaga home office, sem
experiência, pagamento diário, vendo ingressos, ingressos disponíveis, feitiço, simpatia, perca peso, emagreça, quilos
em, cripto grátis, suporte oficial, equipe de suporte no, preencha o formulário, nudes, solteiras, encontros,
acompanhante, veja meu perfil, olha minha bio, meu novo vídeo, inscreva se, prêmio em dinheiro, sortudos, marque 3,
marca 3, marque três, primeira página do google, criação de sites, transformou meus, vagas limitadas, robô do pix,
acesso à sua wallet, perdeu acesso, de sucesso, curtindo vídeos, curtir vídeos, entra no meu, entre no meu, entra no
grupo, entre no grupo, meu canal, grupo vip, reais por dia, por dia só, rápido e seguro, comece hoje, recupera sua,
recuperação de
""",
    2: """
bitcoin, cripto, criptomoedas, forex, trader, day trade, investimento, investir, telegram, grátis, gratuito, sorteio,
prêmio, prémio, casino, cassino, apostas, aposta, seguidores, lucro, lucros, promoção, desconto, descontos, cupom,
empréstimo, crédito fácil, crédito rápido, visite nosso, visite meu, me segue, segue de volta, sdv, emagreç~,
emagrecer, aproveite, taxa aqui, zap, mentor, mentora, corretora, carteira digital, hack, liquidação, cupom de, bônus
de, meu código, use o código, taxa de entrega, pequena taxa, está suspenso, peça acesso, mudou minha vida, poucas
vagas, sinais, por dia, ao dia, canal, wallet, saques, recupera
""",
    1: """
whatsapp, pix, dinheiro, oferta, ganhe, ganhar, link, clique, clica, garantid~, compre, promo, taxa, bio, iphone,
receba, retid~
""",
}

SERVICE = """
internet, wifi, fibra, modem, roteador, router, sinal, rede, cobertura, linha, plano, planos, tarifário, contrato,
fidelização, fidelidade, fatura, faturas, conta de luz, boleto, cobrança, chip, sim, esim, roaming, pré pago, recarga,
sac, atendimento, apoio ao cliente, suporte, operadora, operador, empresa, técnico, técnicos, avaria, instalação,
instalar, megas, mega, velocidade, canais, decodificador, box, tv a cabo, encomenda, encomendas, entregador, estafeta,
entrega, entregas, envio, envios, pedido, rastreio, rastreamento, correio, transportadora, agência, balcão, loja
online, banco, conta, contas, cartão, cartões, multibanco, caixa eletrônico, transferência, transferências, pix,
mbway, taxa, taxas, empréstimo, débito, cobraram, reembolso, estorno, app, aplicativo, aplicação, site, senha, palavra
passe, voo, voos, voar, voei, voando, companhia aérea, avião, mala, malas, bagagem, embarque, tripulação, comissários,
equipe, assento, assentos, aeroporto, atraso, passagem, passagens, bilhete, reserva, cancelaram, cliente, clientes,
serviço, caiu, chat, resolvi, escala, bagagem de mão, classe econômica, milhas, extrato, débito automático, crédito,
depósito, saque, levantar dinheiro, câmbio, pin, iban, nib, saldo, linha fixa, celular, telemóvel, controle remoto,
comando, streaming, instalador, locker, alfândega, chatbot, reclamação, renovação, aumento, mensal, por mês,
mensalidade, cliente há, sou cliente, contratar, contratei, assinatura, despachar, despachada, portabilidade, gerente,
agências, cai, cair, caindo, funciona, sempre cai, da operadora, telhado, pista, pernas, voaram, cartão de embarque,
aluguel, aeromoças, mudança, família toda
"""

ELSEWHERE = """
escola, professor, professora, prova, provas, dever de casa, aula, aulas, faculdade, universidade, exame, show da,
álbum, música, músicas, turnê, cantor, cantora, banda, ritmo, filme, série, episódio, temporada, ator, atriz, novela,
livro, jogo, console, futebol, gol, golo, treinador, jogador, time, liga, receita, café da manhã, pequeno almoço,
almoço, jantar, bolo, suco, sumo, fruta, salada, sobremesa, sorvete, gelado, cozinhar, pássaro, ave, animal, andes,
galáxia, planeta, marte, satélite, foguete, sonda, espaço, órbita, telescópio, constelação, lua, programação, código
fonte, função, vestido, vestidos, casaco, saia, sapatos, calça, calças, roupa, roupas, tamanho, shopping, loja, carro,
motor, oficina, bicicleta, casamento, poema, vinho, cerveja, árvore, jardim, luz de, velejar, barco, pastilha
elástica, igreja, missa, aniversário, chuva, praia, montanha, pôr do, nascer do, calor, física, química, bíblia,
oração, deus, templo, rei, rainha, presidente, eleição, eleições, ministro, voto, partido, guerra, exército, ilha,
rio, lago, aldeia, festival, museu, pintura, quadro, artista, galeria, balé, dança, dançar, vinil, violão, guitarra,
bateria, bossa, netflix, anime, mangá, gibi, sequência, basquete, tênis, corrida, volta, cavalo, cachorro, cão, gato,
ninho, águia, falcão, espécie, floresta, flor, flores, colheita, fazenda, curry, coquetel, bar, restaurante, padaria,
chocolate, perfume, batom, maquiagem, cabelo, tatuagem, anel, colar, brincos, bolsa, tecido, capacete, moto, bike,
pneus, cometa, eclipse, nebulosa, supernova, asteroide, lançamento, estação espacial, github, latim, palavra,
significa, quer dizer, gramática, tradução, palavras cruzadas, aluno, alunos, papai, mamãe, vó, avó, avô, vô, bebê,
bebé, tempo, verão, inverno, frio, ser um, vida nova, nova vida, comer, casca, descascar, gata, veterinário, pneu,
livraria, páginas, página, capítulo, duque, teatro, estreia, taça, torcida, correr, amanhecer, história, biologia,
pupila, boreal, elenco, comédia, tênis asics, sonho de
"""

HINT = """
mas, porém, ainda, só, apenas, nem, nem mesmo, supostamente, segundo, consta, diz que, dizem, embora, apesar, em vez,
ao invés, de repente, do nada, de um dia, toda hora, toda vez, todo dia, toda noite, sempre, robô, robot, bot,
enquanto, nenhum, nenhuma, ninguém, nunca, jamais, encerrou, encerraram, fechou, fecharam, vence, pulou, subiu, moro,
em casa, tava em casa, estava em casa, luzinha, luz vermelha, piscando, pisca, telhado, mesmo, mesma, igual, pagando,
pago, paguei, pagamos, devia, deveria, deveriam, era pra, era para, em branco, expliquem, continua lá, já são, já é a,
cliente fiel, anos com, última hora, cadê o, já liguei, já mandei, já fiz, já tentei, descontou, estourou, contratei,
chega, mega, megas, prints, print, fiz o teste, tentou entregar, tentaram, mentira pura, campainha, nem tocou, depois
da última, que não é, paguei pelo, longe da, longe do, só propaganda, propaganda, mais caro, cada mês, cancelei,
quinze dias, nada mudou, a menos, lavaram as mãos, de casa, me falaram, me disseram, descolou, nem saber
"""

NUMBERS = "dois duas três quatro cinco seis sete oito nove dez onze doze várias vários"

UNITS = "hora horas h dia dias semana semanas mês meses minutos min vezes"
