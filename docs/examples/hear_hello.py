"""Hear what there is to hear on the platform of the first plugin."""

# [hear]
from socialdesk import Client, Mention, Registry

client = Client(Registry().connect("hello", {}))
for batch in client.fetch():
    for item in batch.items:
        if isinstance(item, Mention):
            print(item.id, item.text)
# [end]
