"""What people write to companies in Spanish, on both sides of the ocean."""

COMMON = """
el la los las un una unos unas de del al y e o u que qué en a con por para sin sobre entre hasta desde hacia según
como cómo cuando cuándo donde dónde quien quién cual cuál cuales cuanto cuánto cuánta cuántos porque pero aunque si sí
no ni ya muy más mas menos mucho mucha muchos muchas poco poca todo toda todos todas nada nadie nunca siempre también
tampoco solo sólo aquí ahí allí ahora hoy ayer mañana anoche luego después antes mientras todavía aún este esta esto
estos estas ese esa eso esos esas aquel me te se nos os le les lo mi mis tu tus su sus nuestro nuestra vuestro yo él
ella ello nosotros ustedes ellos ellas usted es son era eran fue fueron ser sido está están estoy estaba estamos estar
he has ha hemos han había haber hay hace hacen hacer hecho hizo tengo tiene tienes tienen tenemos tener tenía puedo
puede puedes pueden poder podría quiero quiere quieren quisiera voy va vas van vamos ir iba doy da dan dar dice dicen
decir dijo dije sé sabe saben saber llega llegó llegar llevo lleva llevan sigo sigue siguen pasa pasó gracias hola
buenas buenos buena bueno días tardes noches favor día semana semanas mes meses año años hora horas lunes martes
miércoles jueves viernes sábado domingo minutos vez veces otra otro mismo misma alguien algo alguna alguno cada gente
señor señora bien mal mejor peor así entonces pues vale claro tan tanto dos tres cuatro cinco seis siete ocho nueve
diez por fin casa nuevo nueva ustedes q xq pq tb toy nomas oye ojalá acabo después mil menudo vaya estos creo parece
gusta noche mañanas cosa cosas empresa sale quede cuenta dinero hombre mujer hijo hija ciudad país calle mundo vida
trabajo amigo hablar llamar llamo pagar pago comprar compré ver veo saludos adiós aún ningún ninguna lado parte tipo
manera verdad mucho
"""

GOOD = {
    3: """
amo, amé, adoro, me encanta, me encantó, me encantan, encantada, encantado, encantados, excelente~, increíble~,
fantástic~, maravill~, perfect~, genial~, espectacular~, estupend~, magnífic~, extraordinari~, impecable~,
inmejorable~, sobresaliente~, de diez, diez puntos, un 10, matrícula de honor, lo mejor, los mejores, la mejor, el
mejor, chapó, de lujo, una gozada, una pasada, una maravilla, qué maravilla, una joya, un placer, muy contento, muy
contenta, súper contenta, súper contento, muy satisfech~, los recomiendo, lo recomiendo, la recomiendo, recomendable,
100 recomend~, volvería a, repetiré, me salvaron, me salvó, felicidades, felicitaciones, enhorabuena, cinco estrellas,
5 estrellas, así da gusto, da gusto, enamorad~, feliz, felices, hermos~, precios~, deliciosa, delicioso, cero
problemas, ningún problema, sin problemas, cero quejas, sin quejas, ninguna queja, lo más, de primera, de primer
nivel, de película, espectáculo, de maravilla, a la perfección, diez de diez, 10 de 10, sin palabras, sin peros, ni
una pega, ninguna pega, nunca me ha fallado, nunca me fallan, nunca fallan, jamás me ha fallado, héroes, héroe, ángel,
ángeles, cracks totales, unos cracks, un crack, sois los mejores, son los mejores, eres el mejor, ole ole, me
salvasteis, increíblemente bien, divin~, bellez~, buenísimo, riquísim~, rico, rica, me muero de amor, amorcito,
soñad~, al césar, unos soles, un sol, así sí, una dulzura, dulzura, un encanto, encantador~, unos amores, sois unos,
sois geniales, sois grandes, grandes, gracias a, mil gracias a, muchas gracias a, un aplauso, aplausos, gran trabajo,
buen trabajo, gestionó * bien, muy bien gestionado, súper bien, nos invitaron, invitaron a, en perfecto estado, muy
agradecid~
""",
    2: """
bueno, buena, buen, buenísim~, amable~, simpátic~, atent~, eficiente~, eficaz, profesional~, rápid~, rapidísim~,
puntual~, content~, satisfech~, agradecid~, agradezco, se agradece, bonit~, lind~, bellísim~, guay, chévere, bacán,
bárbaro, copado, qué bien, muy bien, todo bien, todo genial, funciona bien, funciona perfecto, funciona de nuevo, ya
funciona, ya quedó, quedó listo, solucionad~, solucionarlo, resuelto, resolvieron, solucionaron, arreglaron, arregló,
me arregl~, solucionó, resolvió, ayudaron, me ayudó, crack, cracks, olé, bravo, alegr~, recomiendo, me gusta, me
gustó, gustó, mola, disfrut~, encanto, un amor, salió bien, por fin, orgullos~, emocionad~, yupi, viva, fácil de,
cordial~, educad~, paciente~, servicial~, resolutiv~, impresionad~, sorprendid~, gratamente, aliviad~, tranquila, qué
alegría, qué gusto, qué ilusión, ilusión, ilusionad~, genia, genio, cariño, cariñ~, acogedor~, cómodos, llegó antes,
antes de lo, llegó perfecto, llegó en perfecto, todo perfecto, todo correcto, todo en orden, todo ok, todo
solucionado, en un momento, en un minuto, al instante, al momento, súper fácil, súper rápido, súper bien, muy fácil,
muy rápido, en menos de una hora, antes de que, hasta ordenó, con cariño, con mimo, mimo, con paciencia, ahora sí
""",
    1: """
fácil, cómodo, cómoda, barato, mejor, gusta, jaja, jajaja, ok ya, listo, claro, vale la pena, sencillo, interesante,
tranquil~, gracias a, llegó bien, gracioso, aprobado
""",
}

THANKS = """
gracias, muchas gracias, mil gracias, muchísimas gracias, graciass, infinitas gracias, gracias totales, grax, se
agradece, les agradezco, agradecida, agradecido, os lo agradezco
"""

BAD = {
    3: """
odio, odiamos, pésim~, horrible~, terrible~, horroros~, asqueros~, asco, qué asco, una vergüenza, qué vergüenza,
vergonzos~, lamentable~, patétic~, nefast~, desastr~, un desastre, inaceptable~, indignante~, indignad~, inútil~,
ineptos, incompetente~, incompetencia, mierda, puta, joder, coño, carajo, pinche, basura, porquería, una mierda,
estafa~, estafador~, timo, timador~, robo, ladrones, ladron, ratas, sinvergüenza~, caraduras, mentiros~, mienten,
mentira, una burla, tomadura de pelo, tomando el pelo, toman el pelo, cachondeo, peor, la peor, el peor, los peores,
lo peor, nunca más, jamás, no recomiendo, no lo recomiendo, no los recomiendo, no contraten, ni se les ocurra, ni se
os ocurra, huyan, huid, hart~, hasta las narices, hasta los huevos, hasta la madre, hasta el gorro, no puedo más, qué
rabia, rabia, furios~, cabread~, encabronad~, impresentable~, falta de respeto, qué falta, poca vergüenza, chapuza, un
infierno, pesadilla, abusivo~, abuso, abusan, fatal, bochornos~, penos~, de pena, cero estrellas, bodrio, denuncia~,
ridícul~, maldit~, pésimo, lamentables, gentuza, payasos, circo, payasada, cutre, cutres, de locos, de coña, de risa,
infumable, insufrible, insoportable~, deplorable~, repugnante~, asqueante, despreciable, vomitivo, un horror, una
porquería, una basura, una estafa, un robo, un timo, un abuso, una mentira, engaño, engañ~, me engañaron, chorros,
rateros, negligencia, negligentes, ni gratis, ni regalado, ni loco, ni loca, no vuelvo, no volveré, no vuelvo a,
arrepient~, arrepentid~, vaya mierda, hdp, wtf, culeros, pendejos, gilipollas, imbéciles, idiotas, desgraciados
""",
    2: """
mal, mala, malo, malísim~, lent~, lentísim~, cara, caro, carísim~, trist~, enfad~, enojad~, molest~, molesto,
decepcion~, desilusion~, frustr~, grosero~, maleducad~, antipátic~, inservible~, desesper~, desesperante, preocup~,
vergüenza, pena, feo, fea, aburrid~, cansad~, llorar, miedo, pesad~, complicad~, ignor~, nadie se hace, no se hace
responsable, no les importa, les da igual, ni caso, pasan de, se burlan, caos, estrés, maldito, maldita, maldición,
menudos, vaya tela, manda huevos, anda ya, uf, uff, ay, no me gust~, absurdo, injust~, excusas, aburre, cansa, harta
ya, triste, sola, solo y, dolor, duele, enferm~, llorando, lloro, angustia, angustiad~, estresad~, agobiad~, agotad~,
deprimid~, maleducados, prepotente~, soberbi~, sordos, tontería, tonterías, tonto, estúpid~, horror, ridiculez,
disgust~, fastidi~, jode, me toca, malísimo, destrozada, destrozado, asados, asfixia, sin palabras de, rabia me, se
nos perdió, qué rabia
""",
    1: """
difícil, raro, rara, confuso, confusa, lamento, tarde, desgraciadamente, lástima, cansancio, sucio, sucia, frío,
perdí, olvidé, incómod~
""",
}

TROUBLE = {
    3: """
no funciona, no funcionan, no funcionó, sin funcionar, no anda, no me anda, no carga, no abre, no conecta, no entra,
no sirve, no sirven, no va, no me va, no me deja, no deja entrar, no puedo entrar, no puedo acceder, no puedo
ingresar, no puedo pagar, no puedo usar, no me llega, no llega, no llegó, no ha llegado, no me ha llegado, nunca
llegó, no aparece, no apareció, no no ha venido, no vinieron, no vienen, no contesta~, no contestan, no responde~, no
responden, nadie contesta, nadie responde, nadie atiende, nadie ayuda, nadie me, nadie nos, nadie da, nadie soluciona,
nadie resuelve, nadie se hace, nunca contesta~, nunca responde~, no solucionan, no resuelven, no me solucionan, sin
solución, sin respuesta, sin explicación, sin explicaciones, sin noticias, sin avisar, sin previo aviso, sin servicio,
sin señal, sin internet, sin línea, sin luz, sin conexión, sin cobertura, sin datos, no hay internet, no hay señal, no
hay servicio, no tengo internet, no tengo señal, no tengo línea, no tengo servicio, no tengo conexión, sigo sin,
seguimos sin, sigue sin, siguen sin, sigo esperando, seguimos esperando, sigue igual, siguen igual, todo igual, llevo
* esperando, llevamos * esperando, llevo * días, llevo * horas, llevo * semanas, llevo * meses, llevamos * días,
llevamos * horas, hace * días que, hace * semanas que, hace * meses que, hace * horas que, desde hace * días, desde
hace * semanas, hasta cuándo, cuándo piensan, cuándo van a, para cuándo, se corta, se cortó, se corte, se cae, se
cayó, se fue el internet, se fue la señal, se fue la luz, otra vez, de nuevo sin, una vez más, por * vez, se tragó, me
cobran, me cobraron, me cobró, siguen cobrando, me siguen cobrando, cobro indebido, cobro doble, cobrado dos veces,
cobraron dos veces, cargo que no, cargos que no, no reconozco, no hice, devuelvan mi dinero, mi dinero, quiero mi
dinero, devuélvanme, que me devuelvan, perdió mi, perdieron mi, perdido mi, perdieron la, llegó roto, llegó rota,
llegó abierto, llegó mojado, llegó tarde, llegó vacío, llegó incompleto, llegó dañado, en mal estado, falta la mitad,
faltan, roto, rota, rotos, rotas, cancelaron mi, cancelado mi, cancelaron el, cancelan, horas de retraso, de retraso,
tirados en, tirado en, tarjeta bloqueada, bloquearon mi, me bloque~, me colgaron, me cuelgan, tenerme esperando,
subieron el precio, suben el precio, subida de precio, me cambio ya, me voy a cambiar, me doy de baja, dar de baja, di
de baja, la baja, no me quieren, no quieren, se niegan, no dan, reclamación, reclamaciones, hoja de reclamaciones,
falsa entrega, ni ha llamado, ni siquiera, contraseña incorrecta, dos meses, tres meses, clonaron, no da señal, no da
servicio, no dan solución, no dan respuesta, no dan la cara, no hacen nada, no saben nada, no sabe nada, no me
atienden, no me ayudan, no me contestan, no me responden, no me resuelven, no me devuelven, no me han, no me hacen
caso, no nos, no puedo llamar, no puedo trabajar, no puedo conectar, no puedo hacer, no puedo abrir, no puedo retirar,
no puedo transferir, no puedo cancelar, no se puede entrar, no se ve, no se escucha, no se oye, no enciende, no
prende, no agarra, no jala, no funciona nada, no actualiza, no se actualiza, no se mueve, no sale, no salió, no
aterriza, no pasa nada, nadie sabe, nadie viene, nadie vino, nadie llama, nadie llamó, nadie coge, nadie hace, nadie
se, nadie ha, nunca llegan, nunca vino, nunca me llamaron, nunca me devolvieron, todavía no, aún no, sigue caído,
sigue cortado, sigo con, seguimos igual, seguimos con, esperando desde, esperando hace, espero desde, esperé, estuve
esperando, llevo esperando, llevamos esperando, llevo intentando, llevo una semana, llevo un mes, llevo toda, llevo
todo, llevo horas, llevo días, llevo meses, llevo semanas, varados, varado, atrapados, tirada en, sobreventa, perdí mi
vuelo, perdí la conexión, perdimos el, perdimos la, vuelo cancelado, vuelo retrasado, otro retraso, cambiaron el,
cambiaron mi, me cambiaron, me han cobrado, me han cortado, me cortaron, me han bloqueado, me subieron, me han subido,
me subís, me quitaron, me robaron, me descontaron, me descuentan, me facturan, me facturaron, me pasaron, me dejaron
sin, me dejaron en, me dejaron tirad~, me dejaron colgad~, me dejan, me mienten, me mintieron, me dicen que, me
prometieron, me hacen perder, me rebotan, de un lado a otro, factura incorrecta, factura mal, cobro que, cobros que,
doble cobro, sin autorización, sin permiso, sin consentimiento, sin motivo, sin razón, sin poder, sin paquete, sin
pedido, sin maleta, sin equipaje, sin reembolso, sin dinero, sin wifi, dejaron el, dejaron en, dirección equivocada,
dirección incorrecta, entregado a otro, lo dejaron, aplastado, aplastada, abollad~, rayad~, mojada, mojados,
derramad~, incompleto, incompleta, equivocado, equivocada, falta un, falta una, falta el, falta la, vacía, vacío,
cuándo me, cuándo llega, cuándo viene, cuándo lo, cuánto más, cuánto tiempo más, qué está pasando, qué pasó con, dónde
está mi, qué esperan para, arreglen, arréglenlo, solucionen, respondan, contesten, hagan algo, den la cara,
devolvedme, devuélveme, me voy a otra, cambio de compañía, me paso a, cancelo, voy a cancelar, quiero cancelar, quiero
darme de baja, portabilidad, denunciar, ni agua, ni información, ni luz, jamás recibí, nunca recibí, nunca me llegó,
jamás llegó, cerró la cuenta, me cerró, me cerraron, cerraron la cuenta, mandan enlaces, manda enlaces, en la pista,
pieza equivocada, ninguno traía, luz roja, lucecita roja, hizo el cargo, sin confirmación, no recibí, no he recibido,
no responde la, se lavan las manos, de menos, reírse de, no es el mío, no es mi, no ha aparecido, ya está bien de, me
cambiaron el, cada vez más caro, cada mes más caro, ya cancelé, y aquí seguimos, no aparece nadie, me voy de, los
dejo, dejo la compañía
""",
    2: """
avería, averías, caído, caída, caídos, corte, cortes, error, errores, fallo, fallos, falla, fallas, fallando,
problema, problemas, retraso, retrasos, retrasado, demora, demorado, perdido, perdida, extraviad~, dañad~, defectuos~,
reembolso, reembolsos, devolución, indemnización, compensación, reclamo, reclamar, queja, quejas, quejarme, abogado,
consumidor, facua, profeco, fraude, robaron, robado, hackearon, hackeado, bloquead~, cancelado, cancelada, cancelaron,
lento, incumpl~, permanencia, penalización, penalizan, esperando, plantado, plantada, cobrando, cobrado, cobro, nada
de nada, y nada, q pasa, qué pasa, pantalla negra, intermitente, apagón, intermitencias, inestable, congelad~,
pixelad~, se congela, se traba, se cuelga, se cierra, colapsado, saturado, inalcanzable, desaparecid~, atascad~,
retenido, retenida, aduana, phishing, suplantación, spam, demanda, juzgado, condusef, sernac, ocu, indecopi, reclamé,
insisto, plazo, incidencia, incidencias
""",
    1: """
espero, espera, cancelar, cancelación, cargo, tarda, tardan, demora~, baja, devolver, devolverlo, cambiar, sigue,
siguen, pasan
""",
}

ASK = {
    2: """
saben si, sabéis si, sabes si, alguien sabe, alguien tiene, alguien conoce, quisiera saber, quería saber, quiero
saber, me gustaría saber, quería preguntar, quisiera preguntar, una pregunta, una consulta, tengo una duda, una duda,
es posible, sería posible, cuánto cuesta, cuánto tarda, cuánto sale, cuánto vale, cómo puedo, cómo hago, dónde puedo,
dónde encuentro, dónde descargo, qué requisitos, qué documentos, a qué hora, hasta qué hora, necesito saber, cuanto
demora, me podrían, pueden decirme, me pueden decir, me ayudan, me ayuda, pueden ayudarme, me pueden ayudar, me puedes
ayudar, podrían ayudarme, necesito ayuda, ayúdenme, ayuda por favor, por favor ayuda, podrían revisar, pueden revisar,
pueden llamarme, me pueden llamar
""",
    1: """
puedo, se puede, podría, podrían, podéis, me puedes, me podéis, alguien me, alguien ha, consulta, tienen, tenéis, hay
alguna, hay algún, cómo se hace, dónde está, cuál es, cuáles son, qué tal va, qué tal es, desde cuándo, para qué
sirve, hacen envíos, envían a, hace falta, qué necesito, me recomiendan, la recomiendan, lo recomiendan
""",
}

WH = """
qué, cómo, cuándo, cuánto, cuánta, cuántos, dónde, cuál, cuáles, quién, por qué, hay, tienen, puedo, alguien, a qué
"""

NOT = "no, ni, nunca, jamás, sin, nada, nadie, ningún, ninguna, ninguno, tampoco, cero, apenas"

VERY = """
muy, mucho, tan, tanto, súper, super, re, demasiado, bastante, realmente, totalmente, absolutamente, increíblemente,
extremadamente, menudo, menuda, vaya, qué, más
"""

SPAM = {
    3: """
gana dinero, ganar dinero, ganando dinero, gane dinero, desde casa, desde tu casa, ingresos extra, ingresos pasivos,
libertad financiera, ganancias aseguradas, ganancias garantizadas, garantizados, dólares diarios, euros diarios,
invierte, inviertan, duplica tu, duplicar tu, haz clic, haz click, da clic, click aquí, clic aquí, entra aquí, entra
al link, link en mi, link en la bio, link en bio, enlace en mi perfil, enlace en la bio, escríbeme al, escríbanme al,
escríbeme por, escríbanle, escríbele, mándame mensaje, mándame un mensaje, contáctalo, contáctala, contáctanos ahora,
info por privado, info por dm, por inbox, has sido seleccionad~, has ganado, ha sido seleccionad~, felicidades has,
reclama tu, dale like, sigue y comparte, etiqueta a, sorteo, préstamos inmediatos, préstamo inmediato, préstamos
rápidos, préstamo rápido, préstamos sin, crédito inmediato, sin buró, sin aval, sin requisitos, iptv, seguidores
reales, comprar seguidores, compra seguidores, este hacker, un hacker, recuperó todo, recuperó mi dinero, hoy mismo,
amarres de amor, vidente, tarot gratis, pague la tasa, paga la tasa, gana un viaje, gana un, mi mentor, mi mentora, mi
coach, mi bróker, grupo de señales, señales de, liberamos, liberar celular, desbloqueo de, precio más bajo, mejor
precio, escribe al telegram, escribe al, dirección incompleta, actualice en, en 12 horas, en 24 horas, en 48 horas,
verifique su, verifica tu, confirme su, su cuenta será, su cuenta ha sido, cuenta suspendida, insignia azul, recuperar
cuentas, hackear, espiar, hacemos tareas, hacemos tesis, trabajo online, trabajo desde casa, empleo desde casa, sin
experiencia, gana hasta, pagos diarios, vendo entradas, entradas disponibles, boletos disponibles, hechizo, brujería,
pastillas para, baja de peso, pierde peso, kilos en, cripto gratis, soporte oficial, equipo de soporte en, llena el
formulario, nudes, chicas solteras, citas, escort, mira mi perfil, mira mi bio, mi nuevo video, suscríbete, premio en
efectivo, afortunados ganadores, etiqueta a 3, menciona a 3, primera página de google, diseño web, convirtió mis,
acceso a tu wallet, perdiste acceso, te ayuda a recuperar, de éxito, dando like, dar like, like a videos, únete a mi,
únete al, únanse, mi canal, grupo vip, dólares al día, euros al día, al día solo, rápido y seguro, empieza hoy,
recupera tu, recupera tus, recuperación de
""",
    2: """
bitcoin, cripto, criptomonedas, forex, trading, trader, inversión, invertir, telegram, gratis, premio, casino,
apuestas, loto, todos los canales, barata, promo, descuento exclusivo, código de descuento, seguidores, ganancias,
préstamo, préstamos, visita mi, visita nuestra, sígueme, te sigo, adelgaz~, bajar de peso, quedan pocas, aprovecha,
verifica tu cuenta, confirma tus datos, mentor, mentora, bróker, wallet, hack, rebajas, cupón, bono de bienvenida, mi
código, usa el código, tasa de envío, pequeña tarifa, tarifa de envío, está detenido, pídele, cambió mi vida, cupos
limitados, últimos cupos, señales, al día, por día, diarios, canal, retiros, 100 de
""",
    1: """
whatsapp, dinero, oferta, gana, ganar, link, comparte, sigue, hoy, garantizad~, dólares, canales, viaje, euros al mes,
24 horas, recibe
""",
}

SERVICE = """
internet, wifi, fibra, módem, modem, router, señal, cobertura, línea, datos móviles, plan, tarifa, tarifas, contrato,
contrataron, contraten, contraté, permanencia, factura, facturas, facturación, recibo, sim, esim, roaming, prepago,
recarga, atención al cliente, servicio al cliente, atención, servicio, soporte, teléfono, operadora, operador,
compañía, empresa, técnico, técnicos, avería, instalación, instalar, megas, velocidad, canales, decodificador, cable,
paquete, paquetes, repartidor, repartidores, envío, envíos, entrega, entregas, entregar, pedido, pedidos, seguimiento,
punto de recogida, mensajería, mensajero, paquetería, transportista, sucursal, oficina, banco, cuenta, cuentas,
tarjeta, tarjetas, cajero, transferencia, transferencias, bizum, comisión, comisiones, hipoteca, préstamo, cargo,
cobra, cobran, cobraron, cobro, cobrar, reembolso, devolución, app, aplicación, página web, contraseña, vuelo, vuelos,
volar, volando, volé, aerolínea, avión, maleta, maletas, equipaje, embarque, tripulación, asiento, asientos, cabina,
aeropuerto, retraso, billete, billetes, boleto, pasaje, reserva, cancelaron, cliente, clientes, contesta, contestan,
reclamación, recomiendan, vale de, escala, equipaje de mano, clase económica, millas, extracto, estado de cuenta,
débito, crédito, depósito, retirar, retiro, tipo de cambio, pin, iban, clave, saldo, línea fija, celular, móvil,
mando, streaming, instalador, taquilla, aduana, casillero, chat, chatbot, reclamo, renovación, subida, mensual, al
mes, por mes, cambiarme, cliente de, soy cliente, pedí, compré un billete, contratar, promoción de fibra, asesor,
ejecutivo, sucursales, se cae, se corta, caída, caído, tejado, rayita, rayitas, pista, piernas, volado, tarjeta de
embarque, alquiler, azafatas, azafata, toda mi familia, sacar a, mudanza
"""

ELSEWHERE = """
escuela, colegio, clase, profe, profesor, profesora, examen, exámenes, deberes, universidad, concierto, álbum,
canción, canciones, gira, cantante, banda, música, ritmo, película, peli, serie, capítulo, temporada, actor, actriz,
novela, libro, juego, consola, fútbol, gol, entrenador, jugador, equipo, liga, receta, desayuno, almuerzo, cena,
pastel, jugo, zumo, fruta, ensalada, postre, helado, cocinar, pájaro, ave, animal, animales, andes, mar, galaxia,
planeta, marte, satélite, cohete, sonda, espacio, órbita, telescopio, constelación, luna, programación, código,
función, vestido, vestidos, chaqueta, falda, zapatos, vaqueros, pantalón, ropa, talla, tienda, coche, carro, motor,
taller, boda, poema, vino, cerveza, árbol, jardín, velero, navegar, barco, barca, chicle, iglesia, misa, cumpleaños,
tiempo hace, playa, montaña, atardecer, amanecer, calor, física, química, biblia, oración, dios, templo, rey, reina,
presidente, elecciones, ministro, voto, partido, guerra, ejército, isla, río, lago, pueblo, festival, museo, pintura,
cuadro, artista, galería, ballet, baile, bailar, vinilo, guitarra, batería, netflix, anime, manga, cómic, secuela,
baloncesto, tenis, carrera, vuelta, caballo, perro, gato, nido, águila, halcón, especie, bosque, flor, flores,
cosecha, granja, curry, cóctel, bar, restaurante, chef, panadería, chocolate, perfume, aroma, labial, maquillaje,
pelo, tatuaje, anillo, collar, pendientes, bolso, tela, casco, moto, bici, bicicleta, ruedas, cometa, eclipse,
nebulosa, supernova, asteroide, lanzamiento, estación espacial, github, latín, palabra, significa, quiere decir,
gramática, traducción, crucigrama, alumno, alumnos, papá, mamá, abuela, abuelo, bebé, tiempo, nubes, lluvia, verano,
invierno, comer, piel, cáscara, pelar, gata, veterinario, neumático, neumáticos, llantas, garantía, librería, páginas,
página, duque, teatro, estreno, copa, final, hinchas, correr, al alba, historia, escoba, biología, pupila, boreal,
senador, noticias, zapatillas
"""

HINT = """
pero, todavía, aún, otra, sólo, solo me, ni siquiera, ni, supuestamente, según, dice que, dicen que, pone, poneis,
aunque, sin embargo, en cambio, de repente, de golpe, de la noche a la mañana, encima, cada vez, cada día, cada noche,
siempre, robot, bot, mientras, ninguno, ninguna, nadie, nunca, jamás, cerró, cerraron, vence, pasó de, subió, estaba
en casa, en casa todo, vivo solo, vivo sola, lucecita, luz roja, parpadea, rayita, hay que, mismo, misma, mismos,
igual, pagando, pago, pagué, pagamos, debía, debería, deberían, se supone, se suponía, en blanco, ya me diréis, ahí
sigue, ya van, van ya, cliente fiel, años con, hartazgo, a última hora, sin más, ya lo, ya hice, ya llamé, ya escribí,
contraté, me llegan, ya está bien, dice que vino, aquí no, aquí seguimos, seguimos, hace quince, quince días, desde la
última, de menos, de más, se lavan las manos, anuncio, anuncios, publicidad, más caro, cada mes, ya cancelé, lejos de,
megas, prints, capturas, tengo las, eso mismo
"""

NUMBERS = "dos tres cuatro cinco seis siete ocho nueve diez once doce varias varios"

UNITS = "hora horas h día días semana semanas mes meses minutos min veces"
