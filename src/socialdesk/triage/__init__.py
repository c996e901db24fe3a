"""Triage: which mention an agent should see first, and why.

:class:`Triage` is what core enriches mentions with. It judges by words and numbers alone: no network, no model to be
fetched, no clock. Word lists are loaded when the first mention is judged.
"""

from socialdesk.triage.judgement import Triage, Weights

__all__ = ["Triage", "Weights"]
