"""People: identities, and the rights that come with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from quart import Blueprint

from app.people.accounts import rest as accounts_rest
from app.people.accounts.passwords import Passwords
from app.people.accounts.service import Accounts
from app.people.auth.service import Auth
from app.people.cards import rest as cards_rest
from app.people.cards.service import Cards
from app.people.clearing.service import Clearing
from app.people.customer_notes import rest as customer_notes_rest
from app.people.customer_notes.service import CustomerNotes
from app.people.customers import rest as customers_rest
from app.people.customers.beginnings import Beginnings
from app.people.customers.service import Sessions
from app.people.inboxes import rest as inboxes_rest
from app.people.inboxes.service import Inboxes
from app.people.preferences import rest as preferences_rest
from app.people.preferences.service import PreferenceService
from app.spine.rooms.audience import Audience
from app.spine.sockets.spine import Spine


class People:
    """The services of the area. `auth` is made before: the spine asks it whose a token is."""

    def __init__(self, spine: Spine, auth: Auth) -> None:
        settings = spine.settings
        self.auth = auth
        self.accounts = Accounts(
            spine.db,
            auth,
            Passwords(),
            spine.limiter,
            refresh_token_days=settings.refresh_token_days,
            failures=settings.limits.login_failures,
        )
        self.customers = Sessions(
            spine.db,
            auth,
            session_days=settings.session_days,
            most_open=settings.customer_conversations,
        )
        self.beginnings = Beginnings(spine.broker, spine.rooms)
        self.cards = Cards(spine.db, spine.journal)
        self.customer_notes = CustomerNotes(spine.db)
        self.inboxes = Inboxes(spine.db)
        self.audience = Audience(spine.broker)
        self.preferences = PreferenceService(spine.db, self.audience)
        self.clearing = Clearing(
            spine.db, visitor_seconds=settings.visitor_seconds, tail_days=settings.tail_days
        )
        self.tasks: Sequence[Callable[[], Awaitable[None]]] = (self.clearing.run,)

    def blueprints(self, spine: Spine) -> list[Blueprint]:
        return [
            accounts_rest.blueprint(spine, self.accounts),
            customers_rest.blueprint(spine, self.customers, self.accounts),
            cards_rest.blueprint(spine, self.cards),
            customer_notes_rest.blueprint(spine, self.customer_notes, self.cards),
            inboxes_rest.blueprint(spine, self.inboxes),
            preferences_rest.blueprint(spine, self.preferences),
        ]
