"""The engine: what core does around one connector's coroutine. Pure and colourless: it awaits effects only."""
