"""How gunicorn serves Praxis, wherever it does: in production, in `make run` and under measurement.

Read with ``--config=python:config.gunicorn``; flags beside it say what differs (address, number of workers).
"""

import gc

worker_class = "gthread"
threads = 4
preload_app = True
control_socket_disable = True

# Objects made per request must be many before it pays to look for cycles among them.
ALLOCATIONS_BEFORE_COLLECTING = 10_000


def when_ready(server: object) -> None:  # noqa: ARG001 - gunicorn passes it
    """Leave out of garbage collection what was loaded with the application and stays until the end.

    Walking these half a million objects again and again took a fifth of the time of a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BEFORE_COLLECTING, 20, 20)
