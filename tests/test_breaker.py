"""The outage guard alone, on whatever comes: each Visit leaves it once, and none that speaks against an article in doubt."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.archive.outcomes import AGAIN, Bearing
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.fetching.breaker import HELD, Breaker
from jimo_crawler.items import Failure, Visit
from tests.visiting import page

LIMIT = 8
AGAINST = (Outcome.GONE, Outcome.HIJACKED, Outcome.NOT_ARTICLE, Outcome.OUT_OF_SCOPE)


def visit(number: int, outcome: Outcome, page_seen: int, *, soft: bool = False) -> Visit:
    """A visit of the article of that number; *page_seen* tells one page from another."""
    failure = Failure(stage=Stage.PARSE, reason=Reason.SOFT_404, message="says: it is gone")
    return Visit(
        url=f"http://p.cn/{number}",
        final_url=f"http://p.cn/{number}",
        kind="article",
        outcome=outcome,
        fetched_at="2026-01-05T06:00:00Z",
        status=200 if soft or outcome is not Outcome.GONE else 404,
        page=page() if outcome is Outcome.ARTICLE else None,
        failures=(failure,) if soft else (),
        signature=f"{page_seen}",
    )


def bearing(visit: Visit) -> Bearing:
    """Articles of even numbers are known; "another text" is one with the signature 99."""
    known = int(visit.url.rpartition("/")[2]) % 2 == 0
    against = visit.outcome in AGAINST or visit.signature == "99"
    return Bearing(known, int(visit.url.rpartition("/")[2]) if known and against else None)


BAD = st.builds(
    visit,
    st.integers(0, 400).map(lambda number: 2 * number),
    st.sampled_from((*AGAINST, Outcome.BLOCKED, Outcome.FAILED)),
    st.integers(0, 3),
    soft=st.booleans(),
)
ANOTHER_TEXT = st.integers(0, 400).map(lambda number: visit(2 * number, Outcome.ARTICLE, 99))
UNKNOWN = st.builds(
    visit,
    st.integers(0, 400).map(lambda number: 2 * number + 1),
    st.sampled_from((*AGAINST, Outcome.FAILED)),
    st.integers(0, 3),
)
GOOD = st.builds(
    visit, st.integers(0, 800), st.sampled_from((Outcome.ARTICLE, Outcome.UNCHANGED)), st.integers(100, 900)
)


@given(st.lists(st.one_of(BAD, ANOTHER_TEXT, UNKNOWN, GOOD), max_size=60))
def test_each_visit_leaves_the_guard_once_and_few_are_held(visits: list[Visit]) -> None:
    breaker, written = Breaker(LIMIT, bearing), list[Visit]()
    visits = [replace(each, message=f"{number}") for number, each in enumerate(visits)]
    for number, each in enumerate(visits, 1):
        written += breaker.admit(each)
        assert number - len(written) <= HELD
    written += breaker.settle()
    assert sorted(each.url for each in written) == sorted(each.url for each in visits)


MANNERS = {
    "404": lambda n: visit(2 * n, Outcome.GONE, n),
    "one text that says so": lambda n: visit(2 * n, Outcome.GONE, 1, soft=True),
    "one page": lambda n: visit(2 * n, Outcome.NOT_ARTICLE, 1),
    "pages that are no articles": lambda n: visit(2 * n, Outcome.NOT_ARTICLE, n),
    "spam": lambda n: visit(2 * n, Outcome.HIJACKED, n),
    "other texts": lambda n: visit(2 * n, Outcome.ARTICLE, 99),
    "block pages": lambda n: visit(2 * n, Outcome.BLOCKED, n),
    "failures": lambda n: visit(2 * n, Outcome.FAILED, n),
}


@given(st.lists(GOOD, max_size=5), st.sampled_from(sorted(MANNERS)), st.integers(LIMIT, 30))
def test_once_everything_is_bad_in_one_manner_nothing_is_believed(
    before: list[Visit], manner: str, times: int
) -> None:
    breaker = Breaker(LIMIT, bearing)
    for each in before:
        breaker.admit(each)
    written = [out for number in range(times) for out in breaker.admit(MANNERS[manner](number))]
    assert breaker.outage
    assert {out.outcome for out in (*written, *breaker.settle())} <= AGAIN


@given(st.lists(st.one_of(BAD, ANOTHER_TEXT), min_size=2 * LIMIT, max_size=30))
def test_no_run_goes_on_after_twice_as_many_bad_pages(bad: list[Visit]) -> None:
    breaker = Breaker(LIMIT, bearing)
    for each in bad:
        breaker.admit(each)
    assert breaker.outage


@given(st.permutations(["404", "410", "one text", "another text", "page", "spam", "other texts"]))
def test_losses_each_of_its_own_manner_are_believed(manners: list[str]) -> None:
    breaker = Breaker(LIMIT, bearing)
    lost = {
        "404": visit(2, Outcome.GONE, 1),
        "410": replace(visit(4, Outcome.GONE, 1), status=410),
        "one text": visit(6, Outcome.GONE, 11, soft=True),
        "another text": visit(8, Outcome.GONE, 12, soft=True),
        "page": visit(10, Outcome.NOT_ARTICLE, 13),
        "spam": visit(12, Outcome.HIJACKED, 14),
        "other texts": visit(14, Outcome.ARTICLE, 99),
    }
    written = [out for each in manners for out in breaker.admit(lost[each])]
    assert not breaker.outage
    assert {out.url: out for out in (*written, *breaker.settle())} == {
        each.url: each for each in lost.values()
    }


@given(st.lists(GOOD, min_size=1, max_size=9), BAD)
def test_a_loss_between_good_pages_is_believed(good: list[Visit], lost: Visit) -> None:
    breaker = Breaker(LIMIT, bearing)
    written = breaker.admit(lost)
    written += [out for each in good for out in breaker.admit(each)]
    assert not breaker.outage
    assert lost in written
