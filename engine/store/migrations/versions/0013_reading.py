"""Who read what: rows that find the events of the reading streams"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQLITE = """CREATE TRIGGER reading_no_{name} BEFORE {verb} ON reading
BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END"""
POSTGRESQL = (
    """CREATE TRIGGER reading_no_change BEFORE UPDATE OR DELETE ON reading
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER reading_no_truncate BEFORE TRUNCATE ON reading EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", "case_id"),
    )
    for column in ("case_id", "reader", "at"):
        op.create_index(f"ix_reading_{column}", "reading", [column])
    sqlite = op.get_bind().dialect.name == "sqlite"
    triggers = [SQLITE.format(name=verb.lower(), verb=verb) for verb in ("UPDATE", "DELETE")]
    for statement in triggers if sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("reading")
