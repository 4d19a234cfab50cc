"""What the pages of the Analytics tab show, computed in the worker process. No Qt."""
