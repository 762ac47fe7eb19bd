"""The page as a browser has it, in a network namespace where nothing can be reached."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imds_sim.cli.reporting.comparison import with_baseline
from imds_sim.cli.reporting.page import About, page
from imds_sim.cli.reporting.show import document
from tests import browser, namespaces
from tests.browser import Browser
from tests.cli.reporting.runs import CALL, CREDENTIALS, READ, TOKEN, played

HOSTILE = (
    "</script><script>alert(1)</script>\"'<img src=http://127.0.0.1:9/x onerror=alert(2)>"
    + "x" * 300
)
LOST = replace(TOKEN, status=0, fault="token:hang")
REPORT = [
    played((1, TOKEN), (2, READ), (3, CREDENTIALS), (4, CALL), ends=5),
    played((1, replace(TOKEN, status=503)), (3, TOKEN), scenario="token:503*1", ends=4),
    played((1, LOST), scenario="token:hang", status=None),
    played((1, replace(READ, path=HOSTILE, user_agent=HOSTILE)), scenario="role:404", ends=1.5),
]
SHOWN = """
[...document.querySelectorAll("tr.scenario")].filter(row => row.offsetHeight).map(row => row.id)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(why := browser.missing()), reason=f"needs a browser: {why}"),
    pytest.mark.skipif(bool(why := namespaces.missing()), reason=f"needs namespaces: {why}"),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    about = About(["sh", "-c", HOSTILE], "web-1", 10.0, datetime(2026, 1, 2, tzinfo=UTC))
    before = {each.scenario: document(each) for each in REPORT}
    before["token:503*1"]["retries"] = 7
    written = tmp_path_factory.mktemp("page") / "report.html"
    written.write_text(page(REPORT, about, [with_baseline(before)]))
    return written


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with (
        namespaces.namespace() as alone,
        browser.browser(alone, tmp_path_factory.mktemp("profile")) as running,
    ):
        yield running


@pytest.fixture
def opened(chromium: Browser, file: Path) -> Browser:
    """The page, fresh, in a large window."""
    chromium.resize(1400, 1000)
    chromium.asked.clear()
    chromium.complaints.clear()
    chromium.open(file)
    return chromium


def press(opened: Browser, text: str) -> None:
    """Click the button, or the box, of this name."""
    named = f"element => element.innerText.trim() === {text!r}"
    opened.run(f"[...document.querySelectorAll('button, label')].find({named}).click()")


def colours(screenshot: bytes) -> int:
    """About how many there are: how many values the bytes of a PNG's rows have."""
    data, place = b"", 8
    while place < len(screenshot):
        length = int.from_bytes(screenshot[place : place + 4])
        if screenshot[place + 4 : place + 8] == b"IDAT":
            data += screenshot[place + 8 : place + 8 + length]
        place += length + 12
    return len(set(zlib.decompress(data)))


def test_it_opens_in_silence_and_asks_for_nothing(opened: Browser, file: Path) -> None:
    assert opened.run(SHOWN) == ["none", "token:503*1", "token:hang", "role:404"]
    assert opened.run("document.getElementById('shown').textContent") == "4 of 4 shown"
    assert opened.complaints == []
    assert [each for each in opened.asked if each != "data:,"] == [file.as_uri()]


def test_its_policy_would_stop_a_request(opened: Browser) -> None:
    opened.run(
        "new Promise(done => { const image = new Image(); image.onerror = done;"
        " image.src = 'http://127.0.0.1:9/x'; document.body.append(image); })"
    )
    opened.run("document.body.setAttribute('style', 'color: red')")
    assert any("Content Security Policy" in each for each in opened.complaints)
    assert opened.run("document.body.style.color") == ""


def test_outcomes_words_and_changes_filter_the_rows(opened: Browser) -> None:
    press(opened, "timeout")
    assert opened.run(SHOWN) == ["token:hang"]
    press(opened, "credentials")
    assert opened.run(SHOWN) == ["none", "token:hang"]
    press(opened, "credentials")
    press(opened, "timeout")
    press(opened, "changed only")
    assert opened.run(SHOWN) == ["token:503*1"]
    press(opened, "changed only")
    opened.run(
        "const find = document.getElementById('find'); find.value = 'TOKEN never';"
        " find.dispatchEvent(new Event('input'))"
    )
    assert opened.run(SHOWN) == ["token:hang"]
    assert opened.run("document.getElementById('shown').textContent") == "1 of 4 shown"


def test_a_head_sorts_and_the_order_comes_back(opened: Browser) -> None:
    before = opened.run(SHOWN)
    press(opened, "Time")
    assert opened.run(SHOWN) == ["role:404", "token:503*1", "none", "token:hang"]
    press(opened, "Time")
    assert opened.run(SHOWN) == ["token:hang", "none", "token:503*1", "role:404"]
    assert opened.run("document.querySelector('[aria-sort]').ariaSort") == "descending"
    press(opened, "By target")
    assert opened.run(SHOWN) == before


def press_keys(opened: Browser, *keys: str) -> None:
    """Press them on the line of the scenario with two requests."""
    opened.run("document.getElementById('token:503*1').querySelector('summary').focus()")
    for key in keys:
        text = "\r" if key == "Enter" else ""
        for kind in ("keyDown", "keyUp"):
            opened.call("Input.dispatchKeyEvent", type=kind, key=key, code=text, text=text)


def test_a_line_opens_with_a_key_and_tells_its_requests(opened: Browser) -> None:
    press_keys(opened, "Enter", "ArrowRight", "ArrowRight")
    items = "document.querySelectorAll('[id=\"token:503*1\"] .requests li')"
    assert "PUT /latest/api/token" in opened.run(f"{items}[0].innerText")
    here = opened.run(f"[...{items}].map(item => item.classList.contains('here'))")
    assert here == [False, True]
    told = opened.run("document.getElementById('tip').innerText")
    assert told.startswith("2 s: PUT /latest/api/token")


def test_what_is_told_stays_at_its_request_when_the_page_scrolls(opened: Browser) -> None:
    press_keys(opened, "Enter", "ArrowRight", "ArrowRight")
    opened.run(
        "new Promise(done => { addEventListener('scroll', () => scrollY === 60 && done());"
        " scrollTo(0, 60); })"
    )
    mark = "document.querySelectorAll('[id=\"token:503*1\"] .mark')[1]"
    gap = "tip.getBoundingClientRect().top - mark.getBoundingClientRect().bottom"
    assert opened.run(f"((mark, tip) => {gap})({mark}, document.getElementById('tip'))") == 8


def test_the_pointer_on_a_mark_tells_the_request(opened: Browser) -> None:
    mark = "document.querySelectorAll('[id=\"token:503*1\"] .mark')[1].getBoundingClientRect()"
    x, y = opened.run(f"(at => [at.x + at.width / 2, at.y + at.height / 2])({mark})")
    tip = "(tip => tip.offsetHeight && tip.innerText)(document.getElementById('tip'))"
    opened.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert opened.run(tip) == "2 s: PUT /latest/api/token\n200 after 0, IMDSv2"
    opened.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y + 200)
    assert opened.run(tip) == 0


def test_all_open_and_close_together(opened: Browser) -> None:
    press(opened, "Open all")
    assert opened.run("document.querySelectorAll('details[open]').length") == 4
    press(opened, "Close all")
    assert opened.run("document.querySelectorAll('details[open]').length") == 0


def test_lines_have_one_scale_if_wanted(opened: Browser) -> None:
    widths = "[...document.querySelectorAll('.plot')].map(e => e.getBoundingClientRect().width)"
    own = opened.run(widths)
    assert len(set(own)) == 1
    press(opened, "same scale for all")
    healthy, once, hung, _ = opened.run(widths)
    assert (hung, round(healthy / hung, 3), round(once / hung, 3)) == (own[0], 0.444, 0.333)


def test_a_link_opens_the_line_that_it_leads_to(opened: Browser) -> None:
    opened.run(
        "new Promise(done => { addEventListener('hashchange', () => done());"
        " location.hash = '#token%3A503*1'; })"
    )
    assert opened.run("document.querySelector('details[open]').closest('tr').id") == "token:503*1"


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_is_beside_the_window_whatever_its_width(opened: Browser, width: int) -> None:
    opened.resize(width, 800)
    press(opened, "Open all")
    assert opened.run("document.documentElement.scrollWidth") <= width


def test_it_is_seen_by_day_and_by_night(opened: Browser) -> None:
    seen = []
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        opened.call("Emulation.setEmulatedMedia", features=features)
        seen.append(opened.screenshot())
    light, dark = seen
    assert light != dark
    assert min(colours(light), colours(dark)) > 100
    opened.run("document.body.hidden = true")
    assert colours(opened.screenshot()) < 20


def test_without_scripts_all_is_there_but_the_controls(opened: Browser, file: Path) -> None:
    opened.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened.open(file)
        assert opened.run("document.getElementById('controls').offsetHeight") == 0
        assert len(opened.run(SHOWN)) == 4
        opened.run("document.getElementById('none').querySelector('summary').click()")
        assert opened.run("document.querySelector('#none .requests').offsetHeight") > 0
    finally:
        opened.call("Emulation.setScriptExecutionDisabled", value=False)
