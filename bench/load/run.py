"""The orders of one run of the load, and what it tells."""

from __future__ import annotations

import msgspec

from bench.load.client import Client, Person
from bench.load.dialects import DIALECTS
from bench.load.window import Usage, Window


class People(msgspec.Struct):
    """Everybody there is. Each customer has a conversation; an agent may join any."""

    customers: list[Person]
    agents: list[Person]


class Order(msgspec.Struct, kw_only=True):
    """The orders, as they come on standard input."""

    scenario: str
    dialect: str
    urls: list[str]
    people: People
    options: dict[str, float]
    warm_up: float
    seconds: float
    server: list[int]
    """Process ids, whose use of the processor is told in the result."""
    engines: list[int]


class Result(msgspec.Struct, kw_only=True):
    figures: dict[str, float]
    count: int
    """Messages or deliveries that `usage` was spent on."""
    usage: Usage


class Run:
    """An order, with the sockets that it needs."""

    def __init__(self, order: Order) -> None:
        self.urls = order.urls
        self.people = order.people
        self.options = order.options
        self.warm_up = order.warm_up
        self.seconds = order.seconds
        self.window = Window(order.server, order.engines)
        self._dialect = DIALECTS[order.dialect]
        self._made = 0

    def client(self, person: Person) -> Client:
        """Return a new socket; where there are more servers than one, they get them in turn."""
        self._made += 1
        return self._dialect(person, self.urls[self._made % len(self.urls)], self._made)

    def room(self, members: int) -> list[Client]:
        """Return the sockets of one conversation: its customer, who is the first, and agents."""
        customer = self.people.customers[0]
        agents = [
            msgspec.structs.replace(agent, conversations=customer.conversations)
            for agent in self.people.agents[: members - 1]
        ]
        return [self.client(person) for person in (customer, *agents)]

    def customers(self, count: int) -> list[Client]:
        """Return a socket for each of so many customers, in their conversations."""
        return [self.client(customer) for customer in self.people.customers[:count]]

    def watcher(self) -> Client:
        """Return the socket of an agent who follows the inbox."""
        return self.client(msgspec.structs.replace(self.people.agents[0], follows_inbox=True))

    def agents(self, count: int, conversations: int) -> list[Client]:
        """Return a socket for each of so many agents, who share so many conversations equally."""
        everything = [customer.conversations[0] for customer in self.people.customers[:conversations]]
        return [
            self.client(msgspec.structs.replace(agent, conversations=everything[number::count]))
            for number, agent in enumerate(self.people.agents[:count])
        ]

    def pairs(self, count: int) -> list[tuple[Client, Client]]:
        """Return a customer's and an agent's socket for each of so many conversations; an agent has ten."""
        pairs = []
        for number, customer in enumerate(self.people.customers[:count]):
            agent = self.people.agents[number // 10]
            pairs.append(
                (
                    self.client(customer),
                    self.client(msgspec.structs.replace(agent, conversations=customer.conversations)),
                )
            )
        return pairs
