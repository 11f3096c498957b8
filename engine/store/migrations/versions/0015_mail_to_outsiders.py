"""Mail goes also to addresses outside, which have no account"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail") as batch:
        batch.alter_column("account_id", existing_type=sa.String(length=32), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM mail WHERE account_id IS NULL")
    with op.batch_alter_table("mail") as batch:
        batch.alter_column("account_id", existing_type=sa.String(length=32), nullable=False)
