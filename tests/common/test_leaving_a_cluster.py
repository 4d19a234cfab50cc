"""Ray ends a process in which an object of its is freed while it shuts down: nobody frees one."""

from __future__ import annotations

import gc
import subprocess
import sys

import ray
from support.long_tests import long

from abm_desktop import child_python
from abm_desktop.cluster import Cluster
from abm_desktop.whole_files import claim


class Ring:
    """Garbage for the collector only."""

    def __init__(self, freed):
        self.itself, self.freed = self, freed

    def __del__(self):
        self.freed.append(gc.isenabled())


def test_garbage_is_freed_before_or_after_but_not_while_ray_shuts_down(tmp_path, monkeypatch):
    freed = []

    def shut_down():
        assert freed == [True], "what was garbage before is gone"
        for _ in range(10_000):  # the collector of garbage would run at each of a few hundred
            Ring(freed)
        assert freed == [True]

    monkeypatch.setattr(ray, "shutdown", shut_down)
    folder = tmp_path / "session"
    folder.mkdir()
    cluster = Cluster(folder, 1, claim(tmp_path, folder.name))
    gc.collect()
    Ring(freed)
    cluster.leave()
    assert gc.isenabled() and not folder.exists()
    gc.collect()
    assert len(freed) == 10_001


WITH_THREADS = """
import gc, threading, time
import ray
from abm_desktop import cluster

gc.set_threshold(2)  # after each of the rings

class Ring:
    pass

def litter():
    while refs:
        ring = Ring()
        ring.itself, ring.ref = ring, refs.pop()
        time.sleep(0.001)

for _ in range(2):
    running = cluster.start(1)
    refs = [ray.put(k) for k in range(3000)]
    threading.Thread(target=litter, daemon=True).start()
    running.leave()
    assert refs, "nothing was to be freed any more"
    refs.clear()
print("left")
"""


@long("starts two clusters")
def test_a_thread_may_make_garbage_of_rays_objects_while_a_cluster_is_left():
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITH_THREADS],
        env=child_python.environment(), capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "left\n"), done.stderr
