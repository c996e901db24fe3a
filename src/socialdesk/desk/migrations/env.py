"""Alembic's environment: runs the migrations on the connection that the store lends."""

from alembic import context

from socialdesk.desk.schema import PREFIX, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=f"{PREFIX}alembic_version",
    transactional_ddl=False,  # the store has opened the transaction
)
context.run_migrations()
