"""Makes ordinary addresses odd: encodings, readings, damage, injected text, bodies on several pages, duplicates.

A *twist* takes an address and gives the odd one, or None where it does not fit. Each finds itself an address by walking
through the ordinary ones in an order of its own, so that adding a twist leaves the others where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.converter import Readings, Script
from jimo_crawler.demo.spam import Injection, inject
from jimo_crawler.demo.story import Piece, Story

Twist = Callable[[Address], Address | None]
OLD = ("handmade", "powereasy", "asp")
NEW = ("kingcms", "dede", "bureau", "html5", "soup")


def charset(name: str, *templates: str, script: Script | None = None) -> Twist:
    """Serve a page of one of *templates* in that charset."""

    def twist(address: Address) -> Address | None:
        if address.template not in templates:
            return None
        return address.but(charset=name, script=script or address.script)

    return twist


def readings(density: Readings, script: Script) -> Twist:
    """A Traditional page with readings after some characters."""
    return lambda address: address.but(script=script, readings=density)


def mixed(address: Address) -> Address | None:
    """A body of which every other paragraph was converted."""
    lines = [piece for piece in address.story.pieces if piece.kind == "paragraph"]
    return address.but(script=Script.MIXED) if len(lines) >= 4 else None


def parts(count: int, *templates: str) -> Twist:
    """A body on several pages."""

    def twist(address: Address) -> Address | None:
        if address.template not in templates or len(address.story.pieces) < count * 3:
            return None
        return address.but(parts=count)

    return twist


def spam(seed: str, kind: str, place: str, hiding: str = "p", *templates: str) -> Twist:
    """Injected text of that kind, in that place, marked up that way."""

    def twist(address: Address) -> Address | None:
        if templates and address.template not in templates:
            return None
        if place == "inline" and address.style in ("divs", "sections", "word"):
            return None
        return address.but(spam=(inject(seed, kind, place, hiding),))

    return twist


def quirk(name: str, *templates: str) -> Twist:
    """Something else about the page, by name (see render.py)."""
    return lambda address: address.but(quirk=name) if not templates or address.template in templates else None


def broken_byte(address: Address) -> Address | None:
    """One character of a paragraph lost its bytes: what is left reads as U+FFFD."""
    pieces = list(address.story.pieces)
    at = next(
        (n for n, piece in enumerate(pieces) if piece.kind == "paragraph" and len(piece.text) > 60), None
    )
    if at is None:
        return None
    text = pieces[at].text
    spot = next((n for n in range(30, len(text)) if "\u4e00" <= text[n] <= "\u9fff"), 30)
    pieces[at] = Piece("paragraph", f"{text[:spot]}\ufffd{text[spot + 1 :]}")
    return address.but(story=address.story.but(pieces=tuple(pieces)))


def straddled(address: Address) -> Address | None:
    """A reading was put between the bytes of two characters: ``?`` instead of ``(``, then rare characters."""
    if len([piece for piece in address.story.pieces if piece.kind == "paragraph"]) < 3:
        return None
    return address.but(script=Script.FULL, readings=Readings.LIGHT, quirk="straddled")


def lost_marks(address: Address) -> Address | None:
    """What the converter's target lacked became ``?``: bullets ahead of paragraphs."""
    pieces = tuple(
        Piece(piece.kind, f"?{piece.text}") if piece.kind == "paragraph" and 0 < n < 4 else piece
        for n, piece in enumerate(address.story.pieces)
    )
    return address.but(script=Script.LIGHT, story=address.story.but(pieces=pieces))


def twists() -> Iterator[Twist]:
    """All of them, each once."""
    for number, (name, templates) in enumerate(ODD_CHARSETS * 2):
        yield charset(name, *templates, script=Script.HANS if number % 3 else Script.LIGHT)
    yield charset("big5", "asp", "powereasy", script=Script.FULL)
    yield from (readings(Readings.LIGHT, Script.LIGHT) for _ in range(4))
    yield from (readings(Readings.HEAVY, Script.FULL) for _ in range(4))
    yield from (readings(Readings.HEAVY, Script.LIGHT) for _ in range(2))
    yield from (mixed,) * 4
    yield from (parts(count, *templates) for count, templates in PAGED)
    yield from (broken_byte, straddled, straddled, lost_marks, lost_marks, broken_byte)
    yield quirk("half-headline", *OLD)
    yield quirk("half-headline", *NEW)
    yield from (quirk("entities", *templates) for templates in (OLD, NEW))
    for number, (kind, place, hiding, templates) in enumerate(SPAM):
        yield spam(f"{number}/{kind}", kind, place, hiding, *templates)
    yield two_injections
    yield quirk("flaky", "html5")
    yield mirrored_spam


ODD_CHARSETS = (
    ("gbk-wrong-header", OLD),
    ("gbk-wrong-meta", ("powereasy", "asp")),
    ("gbk-silent", ("asp", "handmade")),
    ("utf-8-wrong-meta", ("kingcms", "dede")),
    ("utf-8-wrong-header", ("bureau", "html5")),
    ("utf-8-latin-header", ("dede", "html5")),
    ("utf-8-silent", ("bureau", "soup")),
    ("utf-8-bom-wrong-meta", ("kingcms", "bureau")),
    ("utf-8-bom", ("html5", "bureau")),
)
PAGED = (
    (2, ("asp",)),
    (2, ("powereasy",)),
    (3, ("dede",)),
    (2, ("kingcms",)),
    (2, ("html5",)),
    (3, ("kingcms", "bureau")),
    (2, ("soup",)),
    (2, ("handmade",)),
)
SPAM: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("video", "foot", "bare", ()),
    ("video", "foot", "div", ()),
    ("video", "foot", "bare", OLD),
    ("video", "top", "p", NEW),
    ("video", "top", "div", ()),
    ("video", "top", "br", OLD),
    ("video", "top", "links", ()),
    ("video", "bottom", "font", OLD),
    ("video", "bottom", "p", NEW),
    ("video", "middle", "p", ("kingcms", "html5", "soup")),
    ("video", "first", "div", ()),
    ("video", "first", "bare", OLD),
    ("video", "top", "display", ()),
    ("video", "first", "left", ()),
    ("video", "top", "height", ()),
    ("video", "bottom", "font-size", NEW),
    ("video", "bottom", "white", OLD),
    ("video", "inline", "bare", ()),
    ("gambling", "inline", "bare", ()),
    ("gambling", "foot", "links", ()),
    ("gambling", "top", "left", ()),
    ("gambling", "top", "p", NEW),
    ("gambling", "first", "marquee", OLD),
    ("gambling", "bottom", "noscript", ()),
    ("gambling", "head", "bare", ()),
    ("gambling", "title", "bare", NEW),
    ("video", "title", "bare", ("kingcms", "dede")),
    ("video", "head", "bare", ()),
    ("video", "meta", "bare", ()),
    ("vpn", "top", "div", ()),
    ("vpn", "bottom", "p", ()),
    ("vpn", "foot", "pixel", ()),
    ("vpn", "head", "bare", ()),
    ("advert", "bottom", "p", NEW),
    ("advert", "bottom", "br", OLD),
    ("advert", "foot", "div", ()),
    ("advert", "middle", "p", ("dede", "bureau", "html5")),
    ("farm", "foot", "div", ()),
    ("farm", "foot", "links", ()),
    ("farm", "bottom", "removed", ()),
    ("farm", "foot", "display-links", ()),
    ("video", "top", "white-style", NEW),
    ("gambling", "bottom", "fixed", ()),
    ("advert", "comment", "div", ("dede",)),
    ("video", "comment", "links", ("dede",)),
)


def two_injections(address: Address) -> Address | None:
    """Hidden gambling links ahead of the text and a plain line behind it."""
    return address.but(
        spam=(inject("two/a", "gambling", "top", "display"), inject("two/b", "video", "bottom", "p"))
    )


def mirrored_spam(address: Address) -> Address | None:
    """A Traditional page with its injected line left in Simplified."""
    line = Injection(
        "日韩精品无码免费一区二区三区_国产高清视频在线观看不卡_欧美午夜影院免费看30页", "top", "p"
    )
    return address.but(script=Script.FULL, spam=(line,))


def apply(addresses: list[Address]) -> list[Address]:
    """Every twist on an address of its own; the order of *addresses* stays."""
    changed = list(addresses)
    free = set(range(len(addresses)))
    for number, twist in enumerate(twists()):
        order = sorted(free)
        Random(f"twist/{number}").shuffle(order)
        for at in order:
            odd = twist(changed[at])
            if odd is not None:
                changed[at] = odd
                free.discard(at)
                break
        else:
            raise LookupError(f"no address is left that twist {number} fits")
    return changed


def reprint(story: Story, number: int) -> Story:
    """The same news elsewhere: another title, another source, some words more or less."""
    rng = Random(f"reprint/{story.key}")
    pieces = list(story.pieces)
    source = rng.choice(("青岛新闻网", "大众网", "半岛网", "青岛早报"))
    title = story.title
    match number % 4:
        case 0:
            title = f"即墨区{title}" if story.when.year > 2017 else f"即墨{title}"
        case 1:
            title = f"{title}(组图)"
            pieces[0] = Piece("paragraph", f"{source}讯 {pieces[0].text}")
        case 2:
            title = f"【{story.town.removesuffix('街道').removesuffix('镇')}】{title}"
            pieces.append(Piece("byline", f"(本文转自{source})"))
        case _:
            pieces[0] = Piece("paragraph", f"本报讯(记者 {rng.choice(('于海涛', '江文静'))}){pieces[0].text}")
    return story.but(
        key=f"{story.key}/reprint",
        title=title,
        pieces=tuple(pieces),
        source=source,
        editor="admin",
        when=story.when + timedelta(days=rng.randint(1, 3), seconds=rng.randrange(9999)),
        reprint_of=story.key,
    )
