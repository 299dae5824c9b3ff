"""A web process, and what the first process of a server tells it: these signals."""

import signal

STOPPING = signal.SIGUSR1  # answer what is under way, and say that no more should come
END = signal.SIGQUIT  # take no more, answer what is under way, and end
RENEW = signal.SIGUSR2  # serve what is the current snapshot by now
