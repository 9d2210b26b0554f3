"""Signing in and out, the first-login change, and one's own data (基本信息, A-2.2.4.1)."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, g, jsonify, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.utils.limit import Limit
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from app.console.guard import leads_inside, page, say
from app.console.render import respond
from app.extensions import db
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.mail import MailSecurity
from app.services import accounts, clock, mailbox, records
from app.services.access import ADMIN
from app.services.mailbox import Mailbox
from app.services.secrets import Vault
from app.texts import gettext as _
from models.organization import User
from views.organization import UserView

START = "/app/"
POLICY = N_("At least 8 characters with upper and lower case letters, a digit and a special character.")
PERSONAL = ("phone", "mobile", "email")
Errors = Mapping[str, str]
LINES = Markup("<br>")


class LoginForm(FlaskForm):
    """Name and password; `next` is where the visitor wanted to go."""

    username = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])
    next = HiddenField()


def local(address: str | None) -> str:
    """The address if it leads to a page of this application, else the start page."""
    return address if address and leads_inside(address) else START


def by_field(error: RuleError) -> dict[str, str]:
    """{control: what is wrong with it}, a line each."""
    found: dict[str, list[str]] = {}
    for one in error.errors if isinstance(error, RuleErrors) else [error]:
        found.setdefault(one.field or "", []).append(say(one))
    return {name: LINES.join(sentences) for name, sentences in found.items()}


class AccountView(BaseView):
    """The account of whoever signs in."""

    route_base = "/app"
    default_view = "login"
    class_permission_name = "account"
    base_permissions: list[str] = []
    limits = [
        Limit(
            lambda: current_app.config["AUTH_RATE_LIMIT"], get_remote_address, methods=("POST",),
            exempt_when=lambda: not current_app.config["AUTH_RATE_LIMITED"],
        )
    ]  # fmt: skip

    @expose("/login", methods=["GET", "POST"])
    def login(self) -> Any:
        """The sign-in page."""
        form = LoginForm()
        wanted = form.next.data if request.method == "POST" else request.args.get("next")
        if request.method == "GET":
            return redirect(local(wanted)) if current_user.is_authenticated else self.login_page(wanted)
        if not form.validate():
            return self.login_page(wanted, _("Type the login name and the password"), form.username.data, 422)
        try:
            address = request.remote_addr or ""
            user = accounts.sign_in(db.session, form.username.data, form.password.data, address, clock.moment())
        except RuleError as error:
            return self.login_page(wanted, say(error), form.username.data, 401)
        session.clear()
        session.permanent = True
        login_user(user)
        session["counter"] = user.session_counter
        return redirect(local(wanted), 303)

    def login_page(self, wanted: str | None, error: str = "", username: str | None = "", status: int = 200) -> Any:
        """The form, with what was refused."""
        return respond("login.html", status=status, login_url=url_for("AccountView.login"), next=local(wanted),
                       error=error, username=username)  # fmt: skip

    @expose("/logout", methods=["POST"])
    def logout(self) -> Any:
        """End the session, on every device."""
        if current_user.is_authenticated:
            accounts.sign_out(db.session, db.session.get_one(User, current_user.id), request.remote_addr or "")
            logout_user()
        session.clear()
        return redirect(url_for("AccountView.login"), 303)

    @expose("/password", methods=["GET", "POST"])
    @page()
    def password(self) -> Any:
        """The change a one-time password asks for before anything else."""
        if request.method == "GET":
            return self.password_page()
        try:
            self.change_password("old", "new", "again")
        except RuleError as error:
            db.session.rollback()
            return self.password_page(LINES.join(by_field(error).values()), 422)
        flash(_("The password was changed"), "success")
        return redirect(local(request.form.get("next")), 303)

    def password_page(self, error: str = "", status: int = 200) -> Any:
        """The form of the first-login change."""
        text = "" if current_user.must_change_password else _("Your other sessions end with the change.")
        return respond("password.html", status=status, password_url=url_for("AccountView.password"), error=error,
                       text=text, next=local(request.values.get("next")), shell=None)  # fmt: skip

    def change_password(self, old: str, new: str, repeat: str) -> None:
        """Take the change from the form's controls of these names; this session goes on."""
        user = db.session.get_one(User, g.actor.id)
        typed = (request.form.get(name, "") for name in (old, new, repeat))
        accounts.change_own_password(db.session, user, *typed)
        session["counter"] = user.session_counter

    @expose("/profile", methods=["GET", "POST"])
    @page()
    def profile(self) -> Any:
        """Personal information, password and mailbox."""
        if request.method == "GET":
            return self.profile_page()
        try:
            values = {name: request.form.get(name, "").strip() or None for name in PERSONAL}
            records.save(db.session, User, g.actor.id, values)
        except RuleError as error:
            db.session.rollback()
            return self.profile_page(personal=by_field(error))
        flash(_("Saved"), "success")
        return redirect(url_for("AccountView.profile"), 303)

    @expose("/profile/password", methods=["POST"])
    @page()
    def own_password(self) -> Any:
        """【修改个人登录密码】."""
        try:
            self.change_password("old_password", "new_password", "repeat")
        except RuleError as error:
            db.session.rollback()
            return self.profile_page(password=by_field(error))
        return redirect(url_for("AccountView.profile", changed="password"), 303)

    @expose("/profile/mail", methods=["POST"])
    @page()
    def mail(self) -> Any:
        """Keep the personal mailbox; all empty: drop it."""
        typed = request.form
        try:
            if not typed.get("address", "").strip() and not typed.get("host", "").strip():
                mailbox.forget(db.session, g.actor.id)
            else:
                mailbox.keep(db.session, g.actor.id, mailbox.read(typed, self.mailbox()), self.vault())
        except RuleError as error:
            db.session.rollback()
            return self.profile_page(mail=by_field(error))
        flash(_("Saved"), "success")
        return redirect(url_for("AccountView.profile"), 303)

    @expose("/profile/mail/test", methods=["POST"])
    @page()
    def mail_test(self) -> Any:
        """【测试】: really sign in to the typed mailbox; one that works is kept."""
        typed = request.get_json(silent=True) or {}
        typed = {k: v for k, v in typed.items() if isinstance(v, str)} if isinstance(typed, dict) else {}
        trusted = mailbox.inside(db.session, current_app.config["MAIL_PRIVATE_HOSTS"])
        box = mailbox.probe(mailbox.read(typed, self.mailbox()), clock.moment(), trusted)
        mailbox.keep(db.session, g.actor.id, box, self.vault())
        return jsonify({"ok": True, "message": _("The test succeeded. The mailbox may be chosen for sending.")})

    def vault(self) -> Vault:
        """The key of kept passwords."""
        return Vault(current_app.config["DATA_DIR"])

    def mailbox(self) -> Mailbox:
        """The signed-in user's mailbox; one whose password cannot be read any more counts as none."""
        try:
            return mailbox.mailbox_of(db.session, g.actor.id, self.vault())
        except RuleError:
            return Mailbox()

    def profile_page(self, **failed: Errors) -> Any:
        """The page; `failed` names the form (personal, password, mail) that was refused, with its errors."""
        user = db.session.get_one(User, g.actor.id)
        context = {
            "title": _("Basic information"), "facts": self.facts(user), "policy": _(POLICY),
            "password_done": request.args.get("changed") == "password",
            "fields": self.personal_fields(user, failed.get("personal")), "profile_url": url_for("AccountView.profile"),
            "password_fields": password_fields(failed.get("password") or {}),
            "password_url": url_for("AccountView.own_password"),
            "mail_fields": mail_fields(self.mailbox(), failed.get("mail")), "mail_url": url_for("AccountView.mail"),
            "mail_test_url": url_for("AccountView.mail_test"),
        } | {f"{name}_error": errors.get("") for name, errors in failed.items()}  # fmt: skip
        return respond("profile.html", page=context, status=422 if failed else 200)

    def facts(self, user: User) -> list[dict[str, Any]]:
        """What the administrator keeps of the user."""
        names = [_("Administrator") if role.name == ADMIN else role.name for role in user.roles]
        return [
            {"label": _("Login name"), "value": user.username},
            {"label": _("Name"), "value": user.first_name},
            {"label": _("User type"), "value": _(user.user_type.label) if user.user_type else ""},
            {"label": _("Department"), "value": str(user.department or "")},
            {"label": _("Position"), "value": "、".join(names)},
            {"label": _("Attorney certificate no."), "value": user.certificate_no},
        ]

    def personal_fields(self, user: User, errors: Errors | None) -> list[dict[str, Any]]:
        """What a user may change of himself: as saved, or as typed where it was refused."""
        view = UserView.instance()
        made = []
        for name in PERSONAL:
            saved = getattr(user, name) or ""
            raw = request.form.get(name, "") if errors is not None else saved
            made.append(view.control(view.columns()[name], name, raw) | {"error": (errors or {}).get(name)})
        return made


def control(name: str, label: str, errors: Errors, **more: Any) -> dict[str, Any]:
    """A control that belongs to no table."""
    base = {"name": name, "id": f"f-{name}", "label": label, "kind": "text", "value": "", "required": True}
    return base | {"error": errors.get(name), "maxlength": 255} | more


def password_fields(errors: Errors) -> list[dict[str, Any]]:
    """Old, new and new again."""
    old, new, repeat = _("Old password"), _("New password"), _("Confirm the new password")
    labels = {"old_password": old, "new_password": new, "repeat": repeat}
    return [control(name, label, errors, kind="password") for name, label in labels.items()]


def mail_fields(box: Mailbox, failed: Errors | None) -> list[dict[str, Any]]:
    """The mailbox as kept, or as typed where it was refused; its password is never sent to the page."""
    errors = failed or {}

    def shown(name: str) -> str:
        return request.form.get(name, "") if failed is not None else str(getattr(box, name))

    kept = _("Leave empty to keep the password") if box.password else ""
    choices = [{"code": c.name, "label": _(c.label), "selected": c.name == shown("security")} for c in MailSecurity]
    return [
        control("address", _("E-mail address"), errors, value=shown("address")),
        control("host", _("SMTP server"), errors, value=shown("host")),
        control("port", _("Port"), errors, value=shown("port"), kind="integer"),
        control("security", _("Encryption"), errors, value=shown("security"), kind="choice", choices=choices),
        control("username", _("Account"), errors, value=shown("username"), required=False),
        control("password", _("Password"), errors, kind="password", required=False, hint=kept, id="f-mail-password"),
    ]
