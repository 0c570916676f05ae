"""The site in a real browser: reading, sorting, searching, languages, print, keyboard and phone."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from orchestration.paths import Home
from orchestration.release.all_years import publish_all_years
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.package import describe_table
from orchestration.release.release_data import ReleaseData
from orchestration.release.site.table_pages import make_table_page
from tests.browser.conftest import Watched, watch
from tests.conftest import Warehouse
from tests.support.release import FORMULA, HARM
from tests.support.released_figures import release_figures

MEGABYTE = 1_000_000
WIDTHS = (1360, 820, 375)
ANNEXES = ("annex_activity", "annex_engagement")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NAMES = "rows => rows.filter(row => !row.hidden).map(row => row.querySelector('th').textContent)"


def figures(release: Path) -> list[dict[str, str]]:
    with (release / "figures.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def members(page: Page, table: str) -> list[str]:
    names: list[str] = page.locator(f"#{table} tbody tr").evaluate_all(NAMES)
    return names


def column(page: Page, table: str, index: int) -> list[int]:
    texts = page.locator(f"#{table} tbody tr td:nth-of-type({index})").all_text_contents()
    return [int(text) if text.strip().isdigit() else 0 for text in texts]


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def overflow(page: Page) -> int:
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def heard(browser: Browser) -> tuple[BrowserContext, Page, list[str]]:
    """A page that may go to others, and what is said on its console."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return context, page, said


# --- the page itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_on_the_console_and_nothing_asked_of_anybody(site: Watched, language: str) -> None:
    page = site.open(language)
    open_all(page)
    page.mouse.wheel(0, 20_000)
    for button in page.locator("thead button:visible").all()[:6]:
        button.click()
    assert site.said == []
    assert site.asked == []


def test_what_somebody_typed_is_shown_and_not_run(site: Watched) -> None:
    page = site.open()
    open_all(page)
    assert page.evaluate("window.harmed") is None
    assert page.locator("main img").count() == 0
    assert HARM in page.locator("#annex_activity").inner_text()
    assert HARM in page.locator("#events").inner_text()
    # The apostrophe that keeps a spreadsheet from running it is the CSV's.
    assert FORMULA in members(page, "events")
    for language in ("fr", "es", "en"):
        page.click(f".languages button[lang={language}]")
        assert page.evaluate("window.harmed") is None


def test_it_is_light(release: Path) -> None:
    pages = list((release / "site").rglob("*.html"))
    assert max(path.stat().st_size for path in pages) < MEGABYTE
    together = sum(path.stat().st_size for path in (release / "site").rglob("*") if path.is_file())
    assert together < 6 * MEGABYTE


def test_it_is_there_at_once(site: Watched) -> None:
    page = site.open()
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert timing < 3000


# --- figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_on_the_page_as_print_shows_it(site: Watched, release: Path, language: str) -> None:
    page = site.open(language)
    shown = page.locator("details.figure").evaluate_all(
        "all => all.map(each => [each.dataset.figure, each.querySelector('.value').textContent])"
    )
    expected = {row["figure_id"]: row[f"display_{language}"] for row in figures(release)}
    assert dict(shown) == expected
    assert len(shown) == len(expected)


def test_sections_come_in_the_report_s_order(site: Watched) -> None:
    page = site.open()
    sections = page.locator("main > section").evaluate_all("all => all.map(each => each.id)")
    assert sections[:5] == ["L1", "L2", "L3", "GIA", "annexes"]


def test_definition_sources_and_checks_are_a_press_away(site: Watched) -> None:
    page = site.open()
    figure = page.locator("#use_practices")
    assert not figure.locator("dl").is_visible()
    figure.locator("summary").click()
    text = figure.locator("dl").inner_text()
    assert "Cases whose latest version is published" in text
    assert "use/cases.csv, 40 rows" in text
    assert "checks that every figure goes through" in text
    share = page.locator("#funding_membership_fee_share")
    page.locator("#L3 .more > summary").first.click()
    share.locator("summary").click()
    assert "Shares of one whole add to 100: passed" in share.inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_leads_to_its_items(browser: Browser, release: Path, language: str) -> None:
    context, page, said = heard(browser)
    page.goto(f"{(release / 'site' / 'index.html').as_uri()}?lang={language}")
    page.locator("#use_practices summary").click()
    page.locator("#use_practices dd a", has_text="40").first.click()
    page.wait_for_url("**/items/use_practices.html*")
    rows = page.locator("#numerator tbody tr")
    assert rows.count() == 40
    named = page.locator("#numerator tbody th").all_inner_texts()
    # What somebody typed is a text, without the apostrophe of the CSV.
    assert {HARM, FORMULA, "Housing for all"} == set(named)
    assert page.evaluate("window.harmed") is None
    assert page.locator("html").get_attribute("lang") == language
    item = {"en": "Item", "fr": "Élément", "es": "Elemento"}[language]
    assert page.locator("#numerator thead th").first.inner_text() == item
    page.locator("p a").first.click()
    page.wait_for_url("**/index.html*#use_practices")
    assert page.locator("html").get_attribute("lang") == language
    assert said == []
    context.close()


def test_people_stand_by_event_or_together(browser: Browser, release: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((release / "site" / "items" / "experts.html").as_uri())
    assert page.locator("tbody th").all_inner_texts() == ["61 people"]
    page.goto((release / "site" / "items" / "participants.html").as_uri())
    assert page.locator("tbody th").all_inner_texts() == ["A plain debate"]
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_of_an_annex_leads_to_what_stands_behind_it(
    browser: Browser, release: Path, language: str
) -> None:
    context, page, said = heard(browser)
    page.goto(f"{(release / 'site' / 'index.html').as_uri()}?lang={language}")
    row = page.locator("#annex_activity tbody tr", has_text="Éfeso")
    row.get_by_role("link", name="29").click()
    page.wait_for_url("**/members/M001.html*#c4gh_initiatives")
    assert page.locator("h1").inner_text() == "Éfeso"
    assert page.locator("html").get_attribute("lang") == language
    rows = page.locator("#c4gh_initiatives tbody tr")
    assert rows.count() == 29
    assert rows.first.locator("th").inner_text() == HARM
    assert page.evaluate("window.harmed") is None
    # An address of the exports is a link only where a browser opens it safely.
    links = page.locator("#c4gh_initiatives tbody th a").evaluate_all("all => all.map(each => each.href)")
    assert set(links) == {"https://example.org/piece"}
    news = page.locator(".cells tbody tr").nth(1).locator("td").all_inner_texts()
    assert news == ["1", "2"]
    paid = {"en": "€4,500.50", "fr": "4\u202f500,50\u00a0€", "es": "4.500,50\u00a0€"}[language]
    assert page.locator("#fee_paid tbody td.number").inner_text() == paid
    page.locator("p a").first.click()
    page.wait_for_url("**/index.html*#annexes")
    assert page.locator("html").get_attribute("lang") == language
    assert said == []
    context.close()


def test_every_member_of_the_annexes_has_a_page(site: Watched, release: Path) -> None:
    page = site.open()
    there = {path.name for path in (release / "site" / "members").iterdir()}
    for table in ANNEXES:
        links = page.locator(f"#{table} tbody th a").evaluate_all(
            "all => all.map(each => each.getAttribute('href'))"
        )
        assert {link.removeprefix("members/") for link in links} == there
        assert len(links) == len(there)


def test_a_source_leads_to_its_row(site: Watched) -> None:
    page = site.open()
    page.locator("#use_practices summary").click()
    page.locator("#use_practices dd a", has_text="use/cases.csv").click()
    row = page.locator("#files tr", has_text="use/cases.csv")
    row.wait_for()
    assert row.is_visible()


def test_print_and_the_year_before_stand_beside_the_figure(site: Watched) -> None:
    page = site.open()
    figure = page.locator("#members_new")
    assert "known difference" in figure.locator("summary").inner_text()
    figure.locator("summary").click()
    text = figure.inner_text()
    assert "prints 6, known difference" in text
    assert "3 → 4, +1 (+33%) (release 2030-r4)" in text


# --- charts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_say_their_numbers_to_those_who_do_not_see_them(site: Watched, language: str) -> None:
    page = site.open(language)
    charts = page.locator("figure.chart")
    assert charts.count() == 11
    for chart in charts.all():
        drawings = chart.locator("svg:visible")
        assert drawings.count() == 1
        said = drawings.get_attribute("aria-label") or ""
        assert said.startswith(chart.locator("h3").inner_text())
        assert len(re.findall(r"\d+", said)) > 3


def test_charts_are_at_hand_in_the_language_that_is_spoken(site: Watched, release: Path) -> None:
    page = site.open("fr")
    links = page.locator("figure.chart .links a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) == 22
    for link in links:
        assert "-fr." in link
        assert (release / "site" / link).resolve().exists()


# --- language ----------------------------------------------------------------------------------


def test_the_language_changes_and_comes_back(site: Watched) -> None:
    page = site.open()
    heading = page.locator("h1")
    english = page.locator("body").inner_text()
    assert heading.inner_text() == "The year 2031 in figures"
    page.click(".languages button[lang=fr]")
    assert heading.inner_text() == "L’année 2031 en chiffres"
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "Metropolis en 2031" in page.title()
    assert page.locator(".tools input").first.locator("xpath=..").inner_text().startswith("Chercher")
    assert "20 membres sur 20" in page.locator("#annexes").inner_text()
    page.click(".languages button[lang=es]")
    assert heading.inner_text() == "El año 2031 en cifras"
    assert page.locator(".languages [aria-pressed=true]").inner_text() == "ES"
    assert "lang=es" in page.url
    page.reload()
    assert heading.inner_text() == "El año 2031 en cifras"
    page.click(".languages button[lang=en]")
    assert page.locator("body").inner_text() == english


def test_nothing_stays_english_but_what_people_typed(site: Watched) -> None:
    page = site.open("fr")
    left = page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
            const found = []
            while (walker.nextNode()) {
                const node = walker.currentNode, parent = node.parentElement
                const isOurs = !parent.closest('[lang=en], code, svg, [data-t]')
                if (isOurs && /[A-Za-z]{4,}/.test(node.data)) found.push(node.data.trim())
            }
            return found
        }"""
    )
    names = set(members(page, "annex_activity"))
    files = re.compile(r"^(\w+/)+[\w.-]*$")
    known = {"Europe", "SHA-256", "Publications", "Cities for Global Health"}
    strange = [t for t in left if t not in names | known and not files.match(t) and not re.match(r"\d", t)]
    assert strange == []


# --- tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ANNEXES)
def test_annex_tables_hold_every_member_in_the_report_s_order(
    site: Watched, content: ReleaseData, table: str
) -> None:
    page = site.open()
    assert members(page, table) == [row["member"] for row in content.tables[table].as_dicts()]


def test_a_column_sorts_up_down_and_back(site: Watched) -> None:
    page = site.open()
    before = members(page, "annex_activity")
    head = page.locator("#annex_activity th", has_text="Mentions")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    values = column(page, "annex_activity", 4)
    assert values == sorted(values) != values[::-1]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, "annex_activity", 4) == sorted(values, reverse=True)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert members(page, "annex_activity") == before


def test_marks_and_dashes_sort_as_what_they_mean(site: Watched, content: ReleaseData) -> None:
    page = site.open()
    rows = content.tables["annex_engagement"].as_dicts()
    page.locator("#annex_engagement th", has_text="Activated").locator("button").dblclick()
    active = sum(row["activated"] for row in rows)
    first = page.locator("#annex_engagement tbody tr").nth(active - 1)
    after = page.locator("#annex_engagement tbody tr").nth(active)
    assert first.locator("td").nth(1).inner_text() == "yes"
    assert after.locator("td").nth(1).inner_text() == ""
    page.locator("#annex_engagement th", has_text="Capacity").locator("button").click()
    assert page.locator("#annex_engagement tbody tr td:nth-of-type(9)").first.inner_text() == "–"


def test_search_knows_no_accents_and_says_how_many(site: Watched) -> None:
    page = site.open()
    tools = page.locator(".tools", has=page.locator("[aria-controls=annex_activity]"))
    tools.locator("input").fill("nunoa")
    assert members(page, "annex_activity") == ["Ñuñoa"]
    assert tools.locator("output").inner_text() == "1 of 20 members"
    page.click(".languages button[lang=es]")
    assert tools.locator("output").inner_text() == "1 de 20 miembros"
    tools.locator("input").fill("no such place")
    assert members(page, "annex_activity") == []
    tools.locator("input").fill("")
    assert len(members(page, "annex_activity")) == 20
    assert len(members(page, "annex_engagement")) == 20


def test_cells_show_what_print_shows(site: Watched, content: ReleaseData) -> None:
    page = site.open()
    row = content.tables["annex_engagement"].as_dicts()[0]
    cells = page.locator("#annex_engagement tbody tr").first.locator("td").all_inner_texts()
    assert row["capacity_building"] == 0 and cells[8] == "–"
    assert not row["activated"] and cells[1] == ""
    assert row["fee_paid"] and cells[2] == "yes"
    total = page.locator("#annex_engagement tfoot td").nth(1).inner_text()
    activated = sum(row["activated"] for row in content.tables["annex_engagement"].as_dicts())
    assert int(total) == activated


def test_the_calendar_is_searched_by_event(site: Watched) -> None:
    page = site.open()
    page.locator("#calendar .more > summary").click()
    page.locator("[aria-controls=events]").fill("PLAIN")
    assert set(members(page, "events")) == {"A plain debate"}


# --- data --------------------------------------------------------------------------------------


def test_print_quarantine_changes_and_provenance_are_told(site: Watched, release: Path) -> None:
    page = site.open()
    text = page.locator("#data").inner_text()
    assert "2 known differences" in text
    assert "Éfeso, Activated member" in text
    assert "value that is not on the list" in text
    assert "New members (members_new): 2 → 3" in text
    assert "3 of 3 questions" in text
    assert "1f1f1f" in text
    links = page.locator("footer a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert "../report.xlsx" in links
    assert "../figures.csv" in links


OVERLAPS = """() => {
  const box = node => node.getBoundingClientRect();
  const table = document.querySelector('#annex_engagement');
  const rows = [...table.querySelectorAll('tbody th')].map(box);
  const above = [...document.querySelectorAll('#annexes .side > *')].map(box);
  return above.filter(a => rows.some(b =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""
CUT = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"


@pytest.mark.parametrize("width", [1024, 1440, 1920])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_lies_over_an_annex(browser: Browser, release: Path, width: int, language: str) -> None:
    for watched in watch(browser, release, viewport={"width": width, "height": 500}):
        page = watched.open(language)
        page.evaluate("document.querySelector('#annex_engagement').scrollIntoView()")
        for _ in range(4):
            assert page.evaluate(OVERLAPS) == 0
            page.mouse.wheel(0, 120)
            page.wait_for_timeout(50)
        assert page.locator("#annex_engagement thead th").evaluate_all(CUT) == []


# Boxes of lines of text that lie on each other, though neither is within the other; what sticks is meant to.
TEXTS_OVER_TEXTS = """() => {
  const sticky = node => {
    for (let each = node; each; each = each.parentElement)
      if (['sticky', 'fixed'].includes(getComputedStyle(each).position)) return true;
    return false;
  };
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest('script, style, svg, .yes, .skip') || sticky(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const frame = parent.closest('.scroll')?.getBoundingClientRect();
    for (const box of range.getClientRects()) {
      const isCut = frame && (box.bottom > frame.bottom || box.right > frame.right || box.left < frame.left);
      if (box.width > 1 && box.height > 1 && !isCut) lines.push([box, text.data.trim().slice(0, 40), text]);
    }
  }
  lines.sort((a, b) => a[0].top - b[0].top);
  const over = [];
  lines.forEach(([a, said, own], at) => {
    for (let next = at + 1; next < lines.length && lines[next][0].top < a.bottom - 4; next += 1) {
      const [b, other, its] = lines[next];
      if (own !== its && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2) over.push([said, other]);
    }
  });
  return over;
}"""


@pytest.mark.parametrize("width", [390, 820, 1024, 1440, 1920])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_lies_over_another(browser: Browser, release: Path, width: int, language: str) -> None:
    for watched in watch(browser, release, viewport={"width": width, "height": 900}):
        page = watched.open(language)
        open_all(page)
        assert page.evaluate(TEXTS_OVER_TEXTS) == []
        assert overflow(page) <= 0


def test_the_names_of_annex_columns_stay_in_sight_on_a_phone(browser: Browser, release: Path) -> None:
    for watched in watch(browser, release, viewport={"width": 390, "height": 700}):
        page = watched.open()
        scroll = page.locator(".annex .scroll").nth(1)
        scroll.scroll_into_view_if_needed()
        scroll.evaluate("node => { node.scrollTop = 400; node.scrollLeft = 200 }")
        head = scroll.locator("thead th").nth(4).bounding_box()
        frame = scroll.bounding_box()
        assert head and frame and abs(head["y"] - frame["y"]) < 2
        named = scroll.locator("tbody th").nth(15).bounding_box()
        assert named and abs(named["x"] - frame["x"]) < 2


# --- tables, search, copies, charts as tables ---------------------------------------------------


def cells(page: Page, column: int) -> list[str]:
    return page.locator(f"#table tbody td:nth-child({column})").all_inner_texts()


def test_every_released_table_has_a_page(browser: Browser, release: Path, content: ReleaseData) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto((release / "site" / "data" / "index.html").as_uri())
    named = page.locator("tbody tr td:last-child a").all_inner_texts()
    assert named == [f"{name}.csv" for name in content.tables]
    for address in page.locator("tbody th a").evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        name = Path(address).stem
        with (release / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert page.locator("#count").inner_text() == f"{len(rows):,} of {len(rows):,} rows"
        assert page.locator("#table tbody tr").count() == min(len(rows), 200)
    page.context.close()


def test_a_table_is_filtered_and_sorted(browser: Browser, release: Path) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto((release / "site" / "data" / "annex_activity.html").as_uri())
    before = cells(page, 2)
    news = page.locator("#table thead button").nth(3)
    news.click()
    upwards = [int(text) for text in cells(page, 4)]
    assert upwards == sorted(upwards)
    assert page.locator("#table thead th").nth(3).get_attribute("aria-sort") == "ascending"
    news.press("Enter")
    assert [int(text) for text in cells(page, 4)] == upwards[::-1]
    page.locator("#wanted").fill("EFESO")
    assert cells(page, 2) == [name for name in before if "feso" in name]
    assert page.locator("#count").inner_text() == f"1 of {len(before)} rows"
    page.locator("#table tbody a").first.click()
    page.wait_for_url("**/members/M001.html")
    page.context.close()


def test_a_table_speaks_the_language_of_the_page(browser: Browser, release: Path) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto((release / "site" / "data" / "annex_engagement.html").as_uri() + "?lang=es")
    assert page.locator("h1").inner_text() == "Anexo participación"
    assert page.locator("#table thead th").nth(1).inner_text().startswith("Miembro")
    assert set(cells(page, 4)) <= {"sí", "no"}
    assert page.locator("[lang=en]:visible").count() == 0
    page.locator("#wanted").fill("window.harmed")
    assert page.evaluate("window.harmed") is None
    page.context.close()


def test_many_rows_come_in_steps(browser: Browser, content: ReleaseData, tmp_path: Path) -> None:
    rows = [(f"file {number}.csv", "a place", "", "Éfeso", 1) for number in range(450)]
    table = replace(content.tables["resolved_places"], rows=rows)
    text = make_table_page(content, table, describe_table(table))
    (tmp_path / "table.html").write_text(text, encoding="utf-8")
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto((tmp_path / "table.html").as_uri())
    counts = []
    for _ in range(3):
        counts.append(page.locator("#table tbody tr").count())
        if page.locator("#further").is_visible():
            page.locator("#further").click()
    assert counts == [200, 400, 450]
    assert page.locator("#further").is_hidden()
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_members_and_items_are_found(browser: Browser, release: Path, language: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{(release / 'site' / 'index.html').as_uri()}?lang={language}")
    page.locator(".find a").click()
    page.wait_for_url("**/search.html*")
    found = page.locator("#found li")
    for wanted, said, address in (
        ("efeso", "Éfeso", f"members/M001.html?lang={language}"),
        ("housing for", "Housing for all", f"items/use_practices.html?lang={language}"),
        ("experts_women", "", f"index.html?lang={language}#experts_women_share"),
    ):
        page.locator("#wanted").fill(wanted)
        assert said in found.first.inner_text()
        link = (found.locator("a").first.get_attribute("href") or "").replace("?lang=en", "")
        assert link == address.replace("?lang=en", "")
    page.locator("#wanted").fill("window.harmed")
    assert page.evaluate("window.harmed") is None
    page.locator("#wanted").fill("no such thing")
    assert found.count() == 0
    violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [each["id"] for each in violations] == []
    context.close()


def test_a_figure_is_copied_cited_and_has_an_address(site: Watched, release: Path) -> None:
    page = site.open("fr")
    figure = page.locator("#use_practices")
    figure.locator("summary").click()
    shown = next(row for row in figures(release) if row["figure_id"] == "use_practices")["display_fr"]
    buttons = figure.locator("button.copy")
    buttons.first.click()
    assert (
        figure.locator("output").inner_text() == f"Pratiques urbaines sur la plateforme USE, 2031 : {shown}"
    )
    buttons.nth(1).click()
    cited = f"Metropolis, rapport annuel 2031, version 2031-r2, chiffre use_practices : {shown}"
    assert figure.locator("output").inner_text() == cited
    address = figure.locator("dd a", has_text="Adresse permanente").get_attribute("href")
    assert address == "../../2031-r2/site/index.html#use_practices"


def test_a_chart_is_a_table_too(site: Watched) -> None:
    page = site.open()
    chart = page.locator("#chart-participants-by-gender")
    chart.locator("summary").press("Enter")
    rows = [row.split("\t") for row in chart.locator("tbody tr").all_inner_texts()]
    assert len(rows) == 4
    assert all(re.search(r"\d", row[1]) for row in rows)


def test_the_figures_of_print_s_own_headline_come_first(site: Watched) -> None:
    page = site.open()
    for section in page.locator("main > section").all():
        leading = section.locator(".body > .figures > details").evaluate_all(
            "all => all.map(each => each.classList.contains('leading'))"
        )
        assert leading == sorted(leading, reverse=True)
    assert page.locator("details.leading").count() > 5
    # The shares of the funds are a chart, and figures below it for who wants them.
    assert not page.locator("#funds_use_P002_share").is_visible()


# --- everybody ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "language"), zip(WIDTHS, LANGUAGES, strict=True))
def test_axe_finds_nothing(browser: Browser, release: Path, width: int, language: str) -> None:
    for watched in watch(browser, release, viewport={"width": width, "height": 900}, bypass_csp=True):
        page = watched.open(language)
        open_all(page)
        options: dict[str, Any] = {"runOnly": RULES}
        found = Axe().run(page, options=options).response["violations"]
        told = [(each["id"], each["impact"], [n["html"] for n in each["nodes"]][:3]) for each in found]
        assert told == []


@pytest.mark.parametrize(
    "below",
    ["items/use_practices.html", "members/M001.html", "data/index.html", "data/annex_engagement.html"],
)
def test_axe_finds_nothing_below_the_report(browser: Browser, release: Path, below: str) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto((release / "site" / below).as_uri() + "?lang=fr")
    assert overflow(page) <= 0
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == []
    context.close()


def test_a_figure_has_a_line_over_all_years(browser: Browser, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for year, members_new in ((2031, 3), (2031, 4), (2032, 6)):
        release_figures(home, year, members_new)
    folder = publish_all_years(home, tmp_path).folder
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto((folder / "site" / "index.html").as_uri() + "?lang=fr")
    row = page.locator("#members_new")
    assert row.locator("td").all_inner_texts() == ["4 *", "6", ""]
    row.locator("summary").click()
    assert [line[:10] for line in row.locator("li").all_inner_texts()] == [
        "2031-r1: 3",
        "2031-r2: 4",
        "2032-r1: 6",
    ]
    address = row.locator("td a").first.get_attribute("href")
    assert address == "../../../2031/latest/site/index.html?lang=fr#members_new"
    assert page.locator("h1").inner_text() == "Toutes les années"
    assert overflow(page) <= 0
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == []
    context.close()


def test_keys_alone_are_enough(site: Watched) -> None:
    page = site.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "search.html"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.lang") == "fr"
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.lang") == "fr"
    summary = page.locator("#participants summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#participants dl").is_visible()
    outline = summary.evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"
    page.locator("#annex_activity thead button").nth(2).focus()
    page.keyboard.press("Space")
    assert page.locator("#annex_activity thead th").nth(2).get_attribute("aria-sort") == "ascending"


def test_it_can_be_read_where_nothing_may_run(bare: Watched, release: Path) -> None:
    page = bare.open()
    for row in figures(release)[:10]:
        assert page.locator(f"#{row['figure_id']} .value").inner_text() == row["display_en"]
    assert page.locator("#annex_activity tbody tr").count() == 20


def test_a_phone_shows_it_without_scrolling_sideways(phone: Watched) -> None:
    page = phone.open("fr")
    assert overflow(page) <= 0
    open_all(page)
    assert overflow(page) <= 0
    small = page.locator(".languages button, .figure summary, .tools input").evaluate_all(
        "all => all.filter(each => each.offsetParent && each.getBoundingClientRect().height < 24).length"
    )
    assert small == 0


def test_paper_repeats_the_headers_and_leaves_the_tools_out(
    browser: Browser, release: Path, screenshots: Path
) -> None:
    for watched in watch(browser, release):
        page = watched.open()
        page.pdf(path=str(screenshots / "page.pdf"), prefer_css_page_size=True, print_background=True)
        written = (screenshots / "page.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", written)) >= 7
        assert re.search(rb"/MediaBox\s*\[0 0 59[45][\d.]* 84[12]", written)  # A4
        page.emulate_media(media="print")
        assert not page.locator(".tools").first.is_visible()
        assert not page.locator("nav.sections").is_visible()
        head = page.locator("#annex_activity thead")
        assert head.evaluate("node => getComputedStyle(node).display") == "table-header-group"


@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_for_the_eye(browser: Browser, release: Path, screenshots: Path, width: int) -> None:
    for watched in watch(browser, release, viewport={"width": width, "height": 900}):
        page = watched.open()
        assert overflow(page) <= 0
        page.screenshot(path=str(screenshots / f"page-{width}.png"), full_page=True)


# --- a real release ----------------------------------------------------------------------------


def test_the_page_of_a_real_release(browser: Browser, released: Warehouse, screenshots: Path) -> None:
    release = released.latest.resolve()
    for watched in watch(browser, release, viewport={"width": 1360, "height": 900}):
        for language in LANGUAGES:
            page = watched.open(language)
            shown = page.locator("details.figure").evaluate_all(
                "all => all.map(each => [each.dataset.figure, each.querySelector('.value').textContent])"
            )
            expected = {row["figure_id"]: row[f"display_{language}"] or "–" for row in figures(release)}
            assert dict(shown) == expected
        page.screenshot(path=str(screenshots / "real-es.png"), full_page=True)
        for link in page.locator("footer a, figure.chart .links a").all():
            path = (link.get_attribute("href") or "").partition("?")[0]
            assert (release / "site" / path).resolve().exists()
        assert watched.said == []
        assert watched.asked == []
    assert (release / "site" / "index.html").stat().st_size < MEGABYTE
