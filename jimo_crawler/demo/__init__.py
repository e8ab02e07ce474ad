"""The bundled demo portal: own-written town news on a real HTTP server, and the truth about every page.

``portal.build(day)`` gives the portal as it stood on a day, ``server.DemoServer`` serves it on loopback. Nothing here
knows the crawler: pages are written the way people wrote such pages, and the truth says how a person reads them.
"""

from __future__ import annotations

LAST_DAY = 35
"""The portal has a history of so many days behind the first, day 0."""
