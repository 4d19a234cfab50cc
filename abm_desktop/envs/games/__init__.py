"""Small games of market microstructure whose solution is known: what learners are held against.

Each is played at many tables at once, by seats that decide in turns or together:
``observe()`` gives what the seats see, float32 (n, A, W), and which of them decide, bool (n, A);
``step(actions)``, int64 (n, A), gives rewards float64 (n, A) and which episodes ended, bool (n,).
An episode that ended begins anew at once.
"""
