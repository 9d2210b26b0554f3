"""Flask-AppBuilder's security manager without its stock pages: our sign-in, our rights, one actor a request."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, redirect, request, session, url_for
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import User
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import UserMixin, current_user
from jwt.exceptions import PyJWTError

from app.extensions import db
from app.rules.errors import RuleError
from app.services import accounts
from app.services.access import PREFIX, actor_for, visitor
from app.services.clock import moment
from app.services.kept import MARKS, tell
from app.services.unit_of_work import NOBODY, act_as, unscoped

#: Reachable while a password must be changed.
OPEN_ENDPOINTS = {"AccountView.password", "AccountView.logout", "AccountView.login", "static"}
#: Where cookie and token keep the count of the user's sessions.
COUNTER = "counter"


@dataclass(frozen=True, eq=False)
class Visitor(UserMixin):
    """Who asks, as Flask-Login knows him: the few columns of a user that every request needs.

    roles, groups: what Flask-AppBuilder's own addresses ask for besides.
    """

    id: int
    username: str
    first_name: str
    active: bool
    must_change_password: bool
    role_ids: frozenset[int]
    marks: dict[str, str | None]

    @property
    def roles(self) -> list[Any]:
        return list(db.session.get_one(User, self.id).roles)

    @property
    def groups(self) -> list[Any]:
        return list(db.session.get_one(User, self.id).groups)


class ConsoleSecurity(SecurityManager):
    """Users, positions and permissions are FAB's own tables; the pages and the sign-in are ours."""

    def register_views(self) -> None:
        """No stock page is registered; the JWT sign-in of the API is."""
        self.appbuilder.add_api(self.security_api)

    def load_user(self, pk: int | str) -> Visitor | None:
        """The user of a cookie, as long as he is valid and has not signed out meanwhile."""
        return self.signed_in(pk, session.get(COUNTER))

    def signed_in(self, pk: int | str, counter: int | None) -> Visitor | None:
        """The valid user whose sessions are still counted as when the cookie or token was made."""
        row = visitor(self.session(), int(pk))
        if row is None or not row.active or row.session_counter != counter:
            return None
        role_ids = frozenset(map(int, row.role_ids.split(","))) if row.role_ids else frozenset()
        marks = {mark: getattr(row, mark) for mark in MARKS}
        return Visitor(row.id, row.username, row.first_name, True, bool(row.must_change_password), role_ids, marks)

    def create_jwt_manager(self, app: Any) -> Any:
        """Tokens of programs end like the sessions of people: with a sign-out or another password."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(self.claims)
        manager.token_in_blocklist_loader(lambda _header, token: self.load_user_jwt(_header, token) is None)
        return manager

    def claims(self, identity: str) -> dict[str, Any]:
        """What a new token says beyond whose it is."""
        user = self.session().get_one(User, int(identity))
        return {COUNTER: user.session_counter}

    def load_user_jwt(self, _header: dict[str, Any], token: dict[str, Any]) -> Visitor | None:
        """The user of a token, access or refresh."""
        return self.signed_in(token["sub"], token.get(COUNTER))

    def create_login_manager(self, app: Any) -> Any:
        """Programs sign in by a bearer token, people by a cookie."""
        manager = super().create_login_manager(app)
        manager.request_loader(self.load_bearer)
        return manager

    def load_bearer(self, asked: Any) -> Visitor | None:
        """The user of a bearer token; a bad token is nobody."""
        if not asked.headers.get("Authorization", "").startswith("Bearer "):
            return None
        try:
            verify_jwt_in_request()
        except (JWTExtendedException, PyJWTError):
            return None
        g.by_token = True
        return get_current_user()

    def auth_user_db(self, username: str, password: str) -> User | None:
        """Sign in for the API (JWT): the same rules as the page."""
        try:
            return accounts.sign_in(self.session(), username, password, request.remote_addr or "", moment())
        except RuleError:
            return None

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """FAB's question, answered by the actor."""
        return g.actor.may(permission_name.removeprefix(PREFIX), view_name)

    @staticmethod
    def before_request() -> Any:
        """Who asks: his grants, what rows he sees; a due password change comes first."""
        g.user = current_user
        if request.endpoint == "static":
            return None
        return enter(current_user if current_user.is_authenticated else None)


def enter(user: Any) -> Any:
    """Set the actor of this request."""
    db_session = current_app.extensions["patentdesk.session"]()
    if user is None:
        g.actor = NOBODY
        act_as(db_session, NOBODY)
        return None
    tell(db_session, dict(user.marks))
    with unscoped(db_session):  # nobody acts yet, and every statement would carry what nobody sees
        g.actor = actor_for(db_session, user, role_ids=user.role_ids, request_id=uuid.uuid4().hex[:16])
    act_as(db_session, g.actor)
    if user.must_change_password and request.endpoint not in OPEN_ENDPOINTS and not request.path.startswith("/api/"):
        return redirect(url_for("AccountView.password"))
    return None
