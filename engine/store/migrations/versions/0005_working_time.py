"""The working calendar in versions, and when tasks and cases are due"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.add_column("case", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("case", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_case_due_at", "case", ["due_at"])
    op.add_column("task", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    still_open = sa.text("status = 'open'")
    op.create_index("ix_task_open_due", "task", ["due_at"], sqlite_where=still_open, postgresql_where=still_open)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if sqlite else _POSTGRESQL:
        op.execute(statement)


_SQLITE = [
    f"""CREATE TRIGGER calendar_version_no_{verb.lower()} BEFORE {verb} ON calendar_version
    BEGIN SELECT RAISE(ABORT, 'calendar_version is immutable'); END"""
    for verb in ("DELETE", "UPDATE")
]
_POSTGRESQL = [
    """CREATE TRIGGER calendar_version_no_change BEFORE UPDATE OR DELETE ON calendar_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER calendar_version_no_truncate BEFORE TRUNCATE ON calendar_version
    EXECUTE FUNCTION refuse_change()""",
]


def downgrade() -> None:
    op.drop_index("ix_task_open_due", "task")
    op.drop_column("task", "due_at")
    op.drop_index("ix_case_due_at", "case")
    op.drop_column("case", "delivered_at")
    op.drop_column("case", "due_at")
    op.drop_table("calendar_version")
