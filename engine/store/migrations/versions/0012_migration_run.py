"""Running cases moved to another version in bulk"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "migration_run",
        sa.Column("id", id_, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("deployment_id", id_, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"]),
        sa.ForeignKeyConstraint(["started_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_migration_run_process_id", "migration_run", ["process_id"])
    op.create_table(
        "migration_result",
        sa.Column("run_id", id_, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["migration_run.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("run_id", "place"),
    )
    op.execute("DELETE FROM job WHERE key = 'dry_runs'")  # the recurring work has another name now


def downgrade() -> None:
    op.drop_table("migration_result")
    op.drop_table("migration_run")
