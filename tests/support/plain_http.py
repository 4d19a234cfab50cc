"""For clients of servers without TLS: ``httpx.Client(..., verify=NOBODY)``.

By itself each client loads all certificates of the machine, which takes 20 ms.
"""

from __future__ import annotations

import ssl

NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: over TLS it would get no answer."""
