"""Units that a task was moved away from"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_unit",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("task_id", "unit"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER deployment_no_truncate BEFORE TRUNCATE ON deployment EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("former_unit")
