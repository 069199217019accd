"""A served app, and people who use it."""

from tests.served import agent, app, backend, client, come_in, customer, inbox

__all__ = ["agent", "app", "backend", "client", "come_in", "customer", "inbox"]
