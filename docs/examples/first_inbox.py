"""A first inbox: the code of the desk's tutorial, from top to bottom."""

# [platform]
from socialdesk import Desk, Rule
from socialdesk.testing.sandbox import DropAnswer
from socialdesk_twitter.sandbox import TwitterSandbox

platform = TwitterSandbox(handle="acme")
ann = platform.user("ann")
bo = platform.user("bo")
# [end]

# [desk]
desk = Desk("sqlite:///desk.db", transport=platform)
brand = Rule(name="brand", phrase="Acme Cable", none_of=("cable car",))
desk.connect("twitter", name="acme", settings=platform.settings, rules=[brand])
# [end]

# [hear]
complaint = ann.post("Acme Cable cut me off over one cent.")
bo.post("@acme is the shop in Main Street open today?")
bo.post("Rode the Acme Cable cable car again. What a view!")
platform.repost_by_crowd(complaint, 20)
platform.advance(minutes=1)

print(desk.poll().new, "new")
for mention in desk.mentions(order="spread"):
    print(mention.metrics.reposts, mention.author.handle, mention.text)
# [end]

# [twice]
print(desk.poll().new, "new")
# [end]

# [plan]
(question,) = desk.mentions(kind="mention")
plan = desk.plan(question, "It is, until eight in the evening.")
for part in plan.parts:
    print(part.used, "of", part.limit, part.text)
# [end]

# [uncalled]
(uncalled,) = desk.mentions(rule="brand")
print(*desk.plan(uncalled, "We are sorry.").warnings)
# [end]

# [reply]
print(desk.reply(question, "It is, until eight in the evening.", key="ticket-1").state)
desk.drain()
print(desk.receipt("ticket-1").state)
# [end]

# [again]
print(desk.reply(question, "It is, until eight in the evening.", key="ticket-1").state)
print(desk.drain().sent, "sent")
# [end]

# [lost]
platform.advance(minutes=1)
platform.fail(DropAnswer(), when=lambda request: request.method == "POST")
desk.reply(question, "And on Sunday from ten.", key="ticket-2")
desk.drain()
print(desk.receipt("ticket-2").state)
# [end]

# [settled]
platform.advance(minutes=10)
desk.drain()
(part,) = desk.receipt("ticket-2").parts
print(part.state, "as is known by", part.settled_by)
# [end]

# [thread]
for said in desk.conversation(question, refresh=True).mentions:
    print(said.author.handle, said.text, sep=": ")
desk.close()
# [end]
