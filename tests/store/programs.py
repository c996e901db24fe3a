"""What other processes do at a desk, and desks on the toy platform."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

from socialdesk import Desk, Registry
from tests.desk.faces import ToyWire
from tests.simulation.world import Platform, Toy

COUNT = """
    import sys
    import sqlalchemy as sa
    from socialdesk._engine.effects import Call
    from socialdesk.desk import schema
    from socialdesk.desk.dialects import alone
    from socialdesk.desk.store import SqlStore

    def add_one(connection):
        alone(connection, "the count")
        row = connection.execute(sa.select(schema.budget.c.remaining)).first()
        if row is None:
            connection.execute(sa.insert(schema.budget).values(scope="s", bucket="b", remaining=1))
        else:
            connection.execute(sa.update(schema.budget).values(remaining=row.remaining + 1))

    store = SqlStore(sys.argv[1])
    for _ in range(int(sys.argv[2])):
        store.perform(Call(add_one, True, "add_one"))
"""

LIVE = """
    import sys
    from socialdesk import Desk

    desk = Desk(sys.argv[1])
    with desk._worker.run() as owner:
        print(owner, flush=True)
        sys.stdin.read()
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def together(program: str, *arguments: str, processes: int = 4) -> None:
    """Run a program in several processes at once; all must end well."""
    running = [start(program, *arguments) for _ in range(processes)]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said


def toy_desk(url: str, toy: Platform, **options: Any) -> Desk:
    """A desk with the account ``acme`` on the toy platform."""
    desk = Desk(url, transport=ToyWire(toy), registry=Registry(extra=[Toy]), **options)
    desk.connect("toy", name="acme", settings={}, hear_from=None)
    return desk


def post(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "is": "post", "text": f"post {number}", **fields}
