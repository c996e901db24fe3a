"""``python -m socialdesk`` is ``socialdesk``."""

import sys

from socialdesk.cli import main

sys.exit(main())
