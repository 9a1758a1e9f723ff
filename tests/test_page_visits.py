"""The browser windows of the page tests are used again: that must not be felt by who comes next."""

from __future__ import annotations

from browser import PHONE, WIDE, ask
from playwright.sync_api import expect

pytest_plugins = ("page_browser",)


def test_who_comes_into_a_used_window_finds_nothing_of_the_one_before(windows, address):
    left = "({cookie: document.cookie, local: {...localStorage}, session: {...sessionStorage}, steps: history.length, width: innerWidth})"
    with windows.lent() as take:
        used = take(address, ("id-ID", "dark"))
        used.grant_permissions(["clipboard-read"])
        page = used.new_page()
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.goto(address)
        ask(page, "Siapa didampingi Haniyeh")
        expect(page.locator(".chat blockquote").first).to_be_visible()
        page.evaluate("document.cookie = 'kutip_language=en; path=/'; sessionStorage.x = 1; location.hash = 'x'; window.open('about:blank')")
        before = page.evaluate(left)
        assert before["cookie"] and before["local"] and before["session"] and before["steps"] == 3 and before["width"] == PHONE[0]
    with windows.lent() as take:
        assert take(address, ("id-ID", "light")) is not used
        assert take(address, ("id-ID", "dark")) is used
        page = used.new_page()
        page.goto(f"{address}/gradio_api/info")
        assert page.evaluate(left) == {"cookie": "", "local": {}, "session": {}, "steps": 2, "width": WIDE[0]}
        assert page.evaluate("navigator.permissions.query({name: 'clipboard-read'}).then((one) => one.state)") != "granted"
        page.goto(address)
        expect(page.locator(".masthead .ready")).to_contain_text("artikel")
        expect(page.locator(".chat .user")).to_have_count(0)
        done = take(address, ("id-ID", "dark"), last=True)
        assert done is not used
    with windows.lent() as take:
        assert done not in [take(address, ("id-ID", "dark")) for _ in range(2)]
