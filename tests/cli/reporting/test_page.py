import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

from lxml import html
from lxml.html import HtmlElement

from imds_sim.cli.reporting.comparison import with_baseline, with_table
from imds_sim.cli.reporting.page import About, page
from imds_sim.cli.reporting.play import Played
from imds_sim.cli.reporting.recorded import table
from imds_sim.cli.reporting.show import Document, document
from tests.cli.reporting.runs import CALL, CREDENTIALS, READ, TOKEN, played

ABOUT = About(["python3", "app.py"], None, 30.0, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
HEALTHY = played((1, TOKEN), (2, READ), (3, CREDENTIALS), (4, CALL), ends=5)
REFUSED = replace(TOKEN, status=403, fault="token:403")
V1 = replace(READ, imds_version=1)
FALLBACK = played((1, REFUSED), (2, V1), scenario="token:403", status=1, ends=5)
HUNG = played((1, replace(TOKEN, status=0, fault="token:hang")), scenario="token:hang", status=None)
HOSTILE = "</script><script>alert(1)</script>\"'&\x00\x1b[2J\u202e"


def shown(
    *report: Played, about: About = ABOUT, before: Mapping[str, Document] | None = None
) -> HtmlElement:
    comparisons = [] if before is None else [with_baseline(before)]
    return html.document_fromstring(page(report, about, comparisons))


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def row(document: HtmlElement, scenario: str) -> HtmlElement:
    (found,) = document.xpath("//tr[@id=$id]", id=scenario)
    return found


def test_the_head_tells_what_was_run_when_and_by_what() -> None:
    made = shown(HEALTHY, about=replace(ABOUT, workload="web-1"))
    assert text(made.find(".//pre")) == "python3 app.py"
    facts = text(made.xpath("//p[@class='facts']")[0])
    assert re.fullmatch(
        r"1 scenario as web-1 time limit 30 s each 2026-01-02 03:04 UTC imds-sim \d+\.\d+\.\d+",
        facts,
    )


def test_the_head_tells_of_an_interruption() -> None:
    def facts(planned: int) -> str:
        made = shown(HEALTHY, about=replace(ABOUT, planned=planned))
        return text(made.xpath("//p[@class='facts']")[0])

    assert facts(1).startswith("1 scenario time limit")
    assert facts(7).startswith("interrupted after 1 of 7 scenarios time limit")


def test_the_summary_counts_outcomes_and_names_what_stands_out() -> None:
    made = shown(HEALTHY, FALLBACK, HUNG)
    tiles = {each.get("data-outcome"): text(each) for each in made.xpath("//li[@data-outcome]")}
    assert [(name, told.split()[0]) for name, told in tiles.items()] == [
        *(("credentials", "1"), ("none", "1"), ("error", "0"), ("timeout", "1")),
    ]
    findings = {text(each[0]): text(each[1]) for each in made.xpath("//dl/div")}
    assert findings == {
        "Asked over IMDSv1": "token:403",
        "Asked again": "none",
        "Ended by the time limit": "token:hang",
        "Took longest": "token:hang none (healthy) token:403",
    }


def test_every_link_leads_to_a_scenario_of_the_page() -> None:
    made = shown(HEALTHY, FALLBACK, replace(FALLBACK, scenario="token:403&v1:off~0.5"))
    links = set(made.xpath("//a/@href"))
    assert links == {"#none", "#token%3A403", "#token%3A403%26v1%3Aoff~0.5"}
    assert {unquote(each)[1:] for each in links} == set(made.xpath("//tr/@id"))


def test_the_healthy_run_comes_first_and_the_others_by_target() -> None:
    of_role = replace(FALLBACK, scenario="role:404")
    made = shown(FALLBACK, of_role, HUNG, HEALTHY)
    assert [each.get("id") for each in made.xpath("//tr[@id]")] == [
        *("none", "token:403", "token:hang", "role:404"),
    ]
    assert [text(each) for each in made.xpath("//th[@scope='rowgroup']")] == [
        *("healthy", "token", "role"),
    ]


def test_a_row_tells_how_the_command_took_it() -> None:
    made = shown(HEALTHY, FALLBACK, HUNG)
    cells = row(made, "token:403").xpath("./th|./td")
    assert [text(each) for each in cells[:-1]] == [
        "token:403 no tokens: clients go on without one, some of them for good",
        *("none", "1", "2", "0", "yes", "0", "-", "5 s"),
    ]
    assert [text(each) for each in row(made, "token:hang").xpath("./td")[:2]] == ["timeout", "-"]


def test_what_is_as_in_the_healthy_run_is_grey() -> None:
    made = shown(HEALTHY, FALLBACK)
    same = {each.get("data-label") for each in row(made, "token:403").find_class("same")}
    assert same == {"Retries", "Back-off"}
    assert row(made, "none").find_class("same") == []


def test_grey_is_explained_where_there_is_a_healthy_run() -> None:
    explained = "Numbers in grey are equal to the healthy run's."
    assert explained in text(shown(HEALTHY, FALLBACK))
    alone = shown(FALLBACK, HUNG)
    assert "grey" not in text(alone)
    assert alone.xpath("//td[contains(@class, 'same')]") == []


def test_a_time_line_has_every_request_in_its_place() -> None:
    line = row(shown(HEALTHY, FALLBACK), "token:403").xpath(".//*[local-name()='svg']")[0]
    marks = line.find_class("mark")
    assert [each.get("class") for each in marks] == ["mark refused", "mark ok"]
    assert [[use.get("href") for use in each.iter("use")] for each in marks] == [
        *(["#ring", "#refused"], ["#ok"]),
    ]
    assert [each.find(".//use").get("x") for each in marks] == ["0.0%", "25.0%"]
    assert line.find_class("end")[-1].text_content() == "exit 1"
    assert line.get("aria-label") == "Time line: 2 requests in 4 s, then exit 1"


def test_its_list_has_the_exact_requests() -> None:
    items = row(shown(HEALTHY, FALLBACK), "token:403").xpath(".//ol/li")
    assert [text(each) for each in items] == [
        "0 imds PUT /latest/api/token 403 after 0 IMDSv2 token:403",
        "1 s imds GET /latest/meta-data/iam/security-credentials/ 200 after 0 IMDSv1",
    ]


def test_a_command_that_asked_nothing_is_said_to() -> None:
    assert "Nothing was asked in 10 s." in text(row(shown(played()), "none"))


def test_the_last_words_of_a_command_stand_below_its_requests() -> None:
    made = shown(replace(HEALTHY, stderr=f"{HOSTILE}\nbye\n"), FALLBACK)
    (words,) = row(made, "none").find_class("stderr")
    assert words.text_content().strip().endswith("\nbye")
    assert "\\x1b[2J" in words.text_content()
    assert row(made, "token:403").find_class("stderr") == []


def test_a_changed_scenario_is_marked_and_told() -> None:
    before = {
        each.scenario: {**document(each), "exit_status": 3} if each is FALLBACK else document(each)
        for each in (HEALTHY, FALLBACK, HUNG)
    }
    made = shown(HEALTHY, FALLBACK, before=before)
    assert "changed" in row(made, "token:403").get("class")
    assert text(row(made, "token:403").find_class("changes")[0]) == (
        "token:403: exit_status was 3, is 1"
    )
    assert "changed" not in row(made, "none").get("class")
    findings = [text(each) for each in made.xpath("//dl/div")]
    assert findings[:2] == [
        "Not as in the baseline token:403",
        "In the baseline, not played token:hang",
    ]


def test_requests_that_changed_stand_below_their_number() -> None:
    before = {"none": document(HEALTHY) | {"requests": document(FALLBACK)["requests"]}}
    listed = row(shown(HEALTHY, before=before), "none").xpath(".//ul[@class='changes']/li")
    assert [text(each) for each in listed if each.get("class") == "request"] == [
        "- imds PUT /latest/api/token 403",
        "+ imds PUT /latest/api/token 200",
        *(f"+ {each}" for each in HEALTHY.behaviour.requests[2:]),
    ]
    assert text(listed[0]) == "none: requests were 2, are 4"


def test_what_the_baseline_does_not_know_is_new() -> None:
    made = shown(HEALTHY, FALLBACK, before={"none": document(HEALTHY)})
    badges = {each.get("id"): text(each[0]) for each in made.xpath("//tr[@id]")}
    assert badges["token:403"].startswith("token:403 new ")
    assert badges["none"].startswith("none (healthy) nothing goes wrong")


def test_without_a_baseline_nothing_is_said_of_one() -> None:
    assert shown(HEALTHY).find_class("compared") == []
    made = shown(HEALTHY, before={"none": document(HEALTHY)})
    same = text(made.find_class("compared")[0])
    assert same == "Not as in the baseline none: the behaviour is the same"


def test_what_an_sdk_was_recorded_to_do_is_told_beside_the_baseline() -> None:
    boto3 = table("boto3")
    recorded = with_table(boto3, "instance", ["token:403", "token:hang"])
    baseline = with_baseline({"token:403": document(FALLBACK)})
    made = html.document_fromstring(page([FALLBACK], ABOUT, [baseline, recorded]))
    assert [text(each) for each in made.xpath("//dl/div")][:3] == [
        "Not as in the baseline none: the behaviour is the same",
        f"Not as in the table of {boto3} token:403",
        f"In the table of {boto3}, not played token:hang",
    ]
    (listed,) = row(made, "token:403").find_class("changes")
    assert [text(each) for each in listed] == [
        f"not as in the table of {boto3}",
        *("token:403: requests were 2, are 2", "- role 401", "+ role 200"),
    ]


def test_what_a_client_or_a_command_says_is_never_markup() -> None:
    bad = replace(
        READ, path=f"/{HOSTILE}", user_agent=HOSTILE, method=HOSTILE, detail=HOSTILE, status=400
    )
    report = [HEALTHY, played((1, bad))]
    before = {HOSTILE: document(HEALTHY)}
    about = replace(ABOUT, command=["sh", "-c", HOSTILE, "\udcff"], workload=HOSTILE)
    source = page(report, about, [with_baseline(before)])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\udcff]", source)
    made, plain = html.document_fromstring(source), shown(HEALTHY, played((1, READ)))
    assert len(list(made.iter("script"))) == len(list(plain.iter("script"))) == 1
    assert "alert(1)" not in made.find(".//script").text_content()
    spelt = HOSTILE.replace("\x00", "\\x00").replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    listed = text(made.xpath("//ol[last()]/li")[-1])
    assert f"/{spelt}" in listed
    assert text(made.find_class("agents")[-1]) == f"As {spelt}"
    attributes = {name for each in made.xpath("//*") for name in each.attrib}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    source = page([HEALTHY, FALLBACK], ABOUT)
    assert not re.search(r"https?://|//[a-z]|@import|url\(", source.replace("// ", ""))
    policy = html.document_fromstring(source).xpath("//meta[@http-equiv]/@content")[0]
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-[^']{44}'; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        policy,
    )


def test_tables_and_lines_have_names_for_those_who_cannot_see_them() -> None:
    made = shown(HEALTHY, FALLBACK)
    heads = made.xpath("//thead//th")
    assert len(heads) == len(row(made, "none").xpath("./th|./td")) == 10
    assert {each.get("scope") for each in heads} == {"col"}
    drawn = made.xpath("//details//*[local-name()='svg']")
    assert len(drawn) == 2
    assert all(each.get("role") == "img" and each.get("aria-label") for each in drawn)
    ids = made.xpath("//@id")
    assert len(ids) == len(set(ids))
    referred = made.xpath("//@aria-labelledby") + made.xpath("//@aria-describedby")
    assert set(referred) <= set(ids)
