"""Dry runs of a draft on past cases"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "dry_run",
        sa.Column("id", id_, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("draft_id", id_, nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"]),
        sa.ForeignKeyConstraint(["started_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dry_run_draft_id", "dry_run", ["draft_id"])
    op.create_table(
        "dry_run_part",
        sa.Column("run_id", id_, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["dry_run.id"]),
        sa.PrimaryKeyConstraint("run_id", "place"),
    )


def downgrade() -> None:
    op.drop_table("dry_run_part")
    op.drop_table("dry_run")
