"""Search over all history and the map of the process: caches that the worker makes of the log"""

import sqlalchemy as sa
from alembic import op

from engine.store import words

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_trace",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("flows", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("case_id", "seq"),
    )
    for column in ("at", "kind", "actor", "element"):
        op.create_index(f"ix_event_trace_{column}", "event_trace", [column])
    op.create_table(
        "case_trace",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("way_code", sa.String(length=16), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    for column in ("opened_on", "way_code"):
        op.create_index(f"ix_case_trace_{column}", "case_trace", [column])
    op.create_table(
        "case_flag",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("flag", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "flag"),
    )
    op.create_table(
        "map_count",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", "day", "unit", "kind", "name", "bucket"),
    )
    for statement in words.creation(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for table in ("event_trace", "case_trace", "case_flag", "map_count", words.TABLE):
        op.drop_table(table)
