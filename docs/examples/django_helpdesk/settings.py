"""Django's settings, as few as will do."""

import os

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ROOT_URLCONF = "django_helpdesk.urls"

# [database]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["HELPDESK_DB"],
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE"
        },  # a transaction that reads and then writes waits for its turn
    }
}
# [end]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

# [settings]
INSTALLED_APPS = ["django_helpdesk"]
SOCIALDESK_DB = os.environ.get("SOCIALDESK_DB", "sqlite:///desk.db")
# [end]
