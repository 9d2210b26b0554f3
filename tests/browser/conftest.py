"""A real browser against the running application; every page must be silent: no error, nothing from outside."""

import re
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Cookie, Page, Request, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import ADMIN, PASSWORD

LAPTOP = {"width": 1366, "height": 768}
#: Chromium says so of every answer of 400 and more; whether that was right is asserted by status.
FAILED_LOAD = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Silent(WSGIRequestHandler):
    """No line for every request."""

    def log(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def chrome(chromium: str) -> Iterator[Browser]:
    """The browser, started once."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )


@pytest.fixture(scope="session")
def origin(prepared: Any) -> Iterator[str]:
    """The address of the running application; which database it works on, the fixture `app` says."""
    server = make_server("127.0.0.1", 0, prepared[0], threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Watch:
    """What a page did that no page may do. `allow` names the refusals a test asks for."""

    def __init__(self, page: Page, origin: str):
        self.origin, self.faults, self.allowed = origin, [], set()
        page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        page.on("console", self.console)
        page.on("requestfailed", self.failed)
        page.on("request", self.request)

    def allow(self, *statuses: int) -> None:
        """From now on the server may answer so."""
        self.allowed |= set(statuses)

    def console(self, message: ConsoleMessage) -> None:
        """Warnings count: a violated security policy is one of them."""
        found = FAILED_LOAD.search(message.text)
        if message.type in ("error", "warning") and not (found and int(found[1]) in self.allowed):
            self.faults.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def failed(self, request: Request) -> None:
        """What the browser gives up because the page is left is no failure."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def request(self, request: Request) -> None:
        """Nothing is loaded from elsewhere."""
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"from outside: {request.url}")


def opened(context: BrowserContext, origin: str) -> Page:
    """A watched page."""
    page = context.new_page()
    page.watch = Watch(page, origin)
    return page


def context_of(chrome: Browser, origin: str) -> BrowserContext:
    """A browser as on a clerk's laptop, with nothing kept yet."""
    context = chrome.new_context(base_url=origin, viewport=LAPTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def stranger(chrome: Browser, origin: str, app: Flask) -> Iterator[Page]:
    """A page of somebody who has not signed in."""
    context = context_of(chrome, origin)
    page = opened(context, origin)
    yield page
    context.close()
    assert page.watch.faults == []


@pytest.fixture(scope="session")
def office(chrome: Browser, origin: str) -> Iterator[BrowserContext]:
    """The administrator's browser: what is in its cache stays from test to test."""
    context = context_of(chrome, origin)
    yield context
    context.close()


@pytest.fixture(scope="session")
def signed_in() -> list[Cookie]:
    """The cookies he got when he signed in."""
    return []


@pytest.fixture
def page(office: BrowserContext, origin: str, app: Flask, signed_in: list[Cookie]) -> Iterator[Page]:
    """A page of the administrator, who signs in through the login page the first time."""
    page = opened(office, origin)
    if signed_in:
        office.clear_cookies()
        office.add_cookies(signed_in)
    else:
        sign_in(page, ADMIN)
        signed_in += office.cookies()
    yield page
    if page.url.startswith(origin):
        page.evaluate("localStorage.clear()")
    page.close()
    assert page.watch.faults == []


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in by the login page."""
    page.goto("/app/login")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
