"""What words of a title say about kind, print and cut, as bits.

Two sets without a common bit contradict each other; 0 says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def _bits(*rows: str) -> Mapping[str, int]:
    """Word -> bit; the words of a row mean the same here."""
    return {word: 1 << number for number, row in enumerate(rows) for word in row.split()}


KINDS = _bits(
    "tshirt tee polo",
    "shirt overshirt shacket",
    "top blouse tank cami camisole bralette bodysuit tunic vest corset",
    "trouser pant chino jogger legging jegging tight palazzo culotte cargo sweatpant",
    "jean",
    "short",
    "dress gown",
    "skirt",
    "saree sari",
    "kurta kurti tunic",
    "jumpsuit romper playsuit dungaree overall",
    "sweatshirt hoodie",
    "sweater cardigan pullover jumper",
    "jacket coat blazer parka gilet",
    "suit",
    "bra bikini brief swimsuit",
    "shoe sneaker trainer loafer derby oxford brogue",
    "boot",
    "sandal slide flipflop mule",
    "heel pump stiletto",
    "bag handbag tote backpack clutch satchel crossbody",
    "wallet purse",
    "belt",
    "cap hat beanie",
    "scarf stole dupatta shawl",
    "sock",
    "watch",
    "sunglass",
    "necklace pendant",
    "earring",
    "bracelet bangle",
    "ring",
    "glove mitten",
    "tie",
)
PEOPLE = _bits("woman lady female", "man gent male", "girl", "boy")

_PATTERNS = _bits(
    "stripe striped pinstripe pinstriped breton",
    "check checked checkered chequered plaid gingham tartan houndstooth",
    "print printed graphic floral typographic camouflage camo abstract tropical leopard paisley"
    " slogan polka geometric",
    "solid plain",
    "embroidered embroidery",
    "colourblock colorblock colourblocked colorblocked",
    "textured dobby jacquard",
    "embellished sequin sequinned beaded",
    "dotted dot",
)
_MOTIFS = _bits(
    "floral flower",
    "graphic",
    "typographic slogan text typography",
    "camouflage camo",
    "abstract",
    "leopard tiger zebra animal",
    "tropical palm",
    "paisley",
    "geometric",
    "polka",
)
_FITS = _bits(
    "slim trim",
    "skinny",
    "regular",
    "relaxed loose oversized baggy boxy",
    "tapered",
    "straight",
    "aline",
    "flared flare skater",
    "bootcut",
    "wide",
    "bodycon",
)
_NECKS = _bits(
    "crew round",
    "polo",
    "vneck",
    "henley",
    "high turtle roll funnel turtleneck",
    "band mandarin grandad",
    "spread",
    "cuban revere camp",
    "hooded",
    "square",
    "scoop",
    "strappy cami",
)
_SLEEVES = _bits("sleeveless", "shortsleeve", "longsleeve")
_LENGTHS = _bits("maxi", "midi", "mini", "ankle", "crop cropped")
_RANGES = _bits("petite", "tall", "plus plu curve", "maternity")
_USUAL_RANGE = 1 << 4

TRAITS: Mapping[str, Mapping[str, int]] = {
    "pattern": _PATTERNS,
    "motif": _MOTIFS,
    "fit": _FITS,
    "neck": _NECKS,
    "sleeve": _SLEEVES,
    "length": _LENGTHS,
    "range": _RANGES,
}
"""Trait -> word -> bit."""

_SHORT = {"short", "half"}
_LONG = {"long", "full"}
_SLEEVE = {"sleeve", "sleeved"}


def joined(terms: Sequence[str]) -> list[str]:
    """Put together what is one thing in two words.

    Example:
        >>> joined(["v", "neck", "short", "sleeve", "a", "line", "dress"])
        ['vneck', 'shortsleeve', 'aline', 'dress']
    """
    out: list[str] = []
    row = 0
    while row < len(terms):
        pair = _pair(terms[row], terms[row + 1]) if row + 1 < len(terms) else ""
        out.append(pair or terms[row])
        row += 2 if pair else 1
    return out


def bits_of(words: Sequence[str], table: Mapping[str, int]) -> int:
    """Every bit that one of the words stands for."""
    found = 0
    for word in words:
        found |= table.get(word, 0)
    return found


def traits_of(words: Sequence[str]) -> tuple[int, ...]:
    """The bits of each trait; who names no range of sizes means the usual one."""
    found = [bits_of(words, table) for table in TRAITS.values()]
    return (*found[:-1], found[-1] or _USUAL_RANGE)


def _pair(first: str, second: str) -> str:
    if second in _SLEEVE:
        return "shortsleeve" if first in _SHORT else "longsleeve" if first in _LONG else ""
    if (first, second) == ("v", "neck"):
        return "vneck"
    if (first, second) == ("a", "line"):
        return "aline"
    if first in ("color", "colour") and second in ("block", "blocked"):
        return "colourblock"
    return ""
