"""One replica as shipped, but for how many messages it sends at a time: a machine with two cores
cannot run three that are each as busy as Slack's latency would let them be.

``python -m benchmarks.replica AT_ONCE`` runs ``bot.py run`` with the environment's settings.
"""

import sys

from bot import main
from delivery.sender import AT_ONCE
from storage.outbox import Lane

if __name__ == "__main__":
    AT_ONCE[Lane.CONVERSATION] = int(sys.argv[1])
    sys.exit(main(["run"]))
