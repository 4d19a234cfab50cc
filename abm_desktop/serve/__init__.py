"""The control API: one running session, shared by the window and every client.

``Server`` answers on a thread of its own, over HTTP on loopback; ``app.make_app`` is what it
serves, ``ServedSession`` what is behind it. Nothing here is imported before a server starts.
"""
