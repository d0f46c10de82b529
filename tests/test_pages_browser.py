"""The pages in a real browser: by mouse, by keyboard, on a small screen, in the dark, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from browser import Browser, browsing
from looked_at import CASES, HOSTILE, WIDE, filled, incident
from portside.catalogs.local import LocalCatalog
from served import serving

SMALL = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCatalog]:
    with LocalCatalog.open(tmp_path_factory.mktemp("pages") / "catalog.db") as found:
        yield filled(found)


@pytest.fixture(scope="module")
def browser(catalog: LocalCatalog) -> Iterator[Browser]:
    with serving(catalog) as served, browsing(served.base) as found:
        yield found


def heading(page) -> str:
    return re.sub(r"\s+", " ", page.inner_text("h1"))


def test_a_click_in_the_graph_leads_to_the_blueprint(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/catalog")
        page.click("svg.graph a[href='/catalog/pagerdutyIncident']")

        assert heading(page) == "PagerDuty Incident pagerdutyIncident"


def test_the_keyboard_reaches_the_nodes_of_the_graph(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/catalog")
        page.focus("svg.graph a[href='/catalog/microservice']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/catalog/microservice")

        assert heading(page) == "Microservice microservice"


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/webhooks")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "content"


def test_everything_that_can_be_focused_shows_it(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/catalog")
        unseen = []
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            shown = page.evaluate(
                "(() => { const one = document.activeElement, box = one.querySelector('.box');"
                " return parseFloat(getComputedStyle(one).outlineWidth) > 1 &&"
                " getComputedStyle(one).outlineStyle != 'none' ||"
                " box && parseFloat(getComputedStyle(box).strokeWidth) > 2 })()"
            )
            unseen += [] if shown else [page.evaluate("document.activeElement.outerHTML")]

        assert unseen == []


def test_a_table_is_paged_forth_and_back(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/catalog/microservice")
        seen = [page.inner_text("tbody tr:first-child th a")]
        for step in ("next", "prev"):
            page.click(f"nav.turn a[rel={step}]")
            seen.append(page.inner_text("#content table tbody tr:first-child th a"))

        assert seen == [HOSTILE, "Service number 49", HOSTILE]


def test_from_an_entity_to_what_it_points_at_and_back(browser: Browser, catalog: LocalCatalog):
    with browser.window() as (page, *_):
        page.goto(f"/catalog/pagerdutyIncident/{incident(catalog)}")
        mine = heading(page)
        page.click("section[aria-labelledby=relations] dd a")
        page.click(f"section[aria-labelledby=holding] a[href$='/{incident(catalog)}']")

        assert heading(page) == mine


def test_no_page_needs_a_wider_screen_than_a_small_one(browser: Browser, catalog: LocalCatalog):
    paths = [
        "/catalog",
        "/catalog/pagerdutyIncident?columns=all",
        f"/catalog/pagerdutyIncident/{incident(catalog)}",
        "/catalog/microservice/odd%2Fone%3Aa",
        "/catalog/wide",
        f"/catalog/wide/{WIDE}",
        "/webhooks",
        "/webhooks/pagerdutyMapper",
        "/deliveries",
        "/deliveries/2",
        "/playground?webhook=pagerdutyMapper&sample=2",
    ]
    with browser.window(viewport=SMALL) as (page, *_):
        wide = {}
        for path in paths:
            page.goto(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            wide[path] = page.evaluate("document.documentElement.scrollWidth")

        assert wide == dict.fromkeys(paths, SMALL["width"])


def test_on_a_small_screen_each_value_stands_beside_its_name(browser: Browser):
    beside = "all => all.every(one => one.getBoundingClientRect().left > 120)"
    with browser.window(viewport=SMALL) as (page, *_):
        page.goto("/catalog/wide")

        assert page.eval_on_selector_all("td[data-name] > *", beside)


def test_the_colours_follow_the_reader(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/deliveries")
        grounds = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

        assert grounds == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]


def test_what_somebody_wrote_stays_text(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/catalog/microservice/odd%2Fone%3Aa")

        assert (page.inner_text("h1").partition("\n")[0], page.title()) == (
            f"{HOSTILE} odd/one:a",
            f"{HOSTILE} · portside",
        )


def test_the_playground_answers_as_one_types(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/playground?webhook=pagerdutyMapper")
        page.fill("#payload", (CASES / "incident.triggered.json").read_text())
        page.wait_for_selector("#result .verdict-mapped")
        first = page.inner_text("#summary")
        page.fill("#payload", '{"event": {"data": {"type": "service", "id": "P1", "summary": "Mine"}}}')
        page.wait_for_selector("#result .effect-created")
        page.fill("#payload", '{"event": ')
        page.wait_for_selector("#summary:has-text('JSON')")

        assert (first, page.inner_text("#summary"), page.url.rpartition("/")[2]) == (
            "1 entity to write, 0 to delete.",
            "the body is not JSON: line 1, column 11: Expecting value",
            "playground?webhook=pagerdutyMapper",
        )


def test_the_playground_shows_the_answer_to_the_last_key_only(browser: Browser):
    event = '{"event": {"event_type": "service.created", "data": {"type": "service", "id": "P%d", "summary": "x"}}}'
    with browser.window() as (page, *_):
        page.goto("/playground?webhook=pagerdutyMapper")
        ended: list[str] = []
        page.on("requestfailed", lambda asked: ended.append(asked.failure))
        page.evaluate(
            "(event) => { for (let number = 0; number < 5; number++) {"
            " document.getElementById('payload').value = event.replace('%d', number);"
            " document.getElementById('playground').requestSubmit(); } }",
            event,
        )
        page.wait_for_selector("#result .change:has-text('pagerdutyService/P4')")

        assert ended == ["net::ERR_ABORTED"] * 4


def test_what_was_unfolded_stays_so_while_one_types(browser: Browser):
    with browser.window() as (page, *_):
        page.goto("/playground?webhook=pagerdutyMapper&sample=2")
        first = page.locator("#result details.run").first
        first.locator("summary").first.click()
        page.fill("#payload", (CASES / "service.created.json").read_text())
        page.wait_for_selector("#result a:has-text('pagerdutyService/')")
        page.fill("#payload", (CASES / "incident.triggered.json").read_text())
        page.wait_for_selector("#result a:has-text('pagerdutyIncident/')")

        assert first.get_attribute("open") is not None


def test_without_javascript_a_button_does_it(browser: Browser):
    with browser.window(java_script_enabled=False) as (page, *_):
        page.goto("/playground")
        page.select_option("#webhook", "pagerdutyMapper")
        page.fill("#payload", (CASES / "incident.triggered.json").read_text())
        page.click("text=Try")

        assert page.inner_text("#summary") == "1 entity to write, 0 to delete."
        assert '"incident.triggered"' in page.input_value("#payload")


def test_without_javascript_everything_else_is_there(browser: Browser):
    with browser.window(java_script_enabled=False) as (page, *_):
        page.goto("/catalog")
        page.click("svg.graph a[href='/webhooks/pagerdutyMapper']")
        page.click("#content table tbody th a")
        page.click("text=Open in the playground")

        assert '"event_type": "incident.resolved"' in page.input_value("#payload")
