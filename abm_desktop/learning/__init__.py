"""Reinforcement learning on RLlib, in a process of its own.

``config`` says what to train, ``host`` is the process that owns Ray and trains, ``client`` the
asyncio side that a window or a script talks to, ``models`` the registry of what was trained.
Importing this package loads neither Ray nor torch.
"""
