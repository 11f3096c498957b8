"""What gunicorn serves: `webapp.wsgi:app`."""

from webapp.app import create_app
from webapp.logs import configure_logs

configure_logs()
app = create_app()
