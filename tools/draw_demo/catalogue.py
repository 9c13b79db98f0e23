"""From designs to listings: who sells what, under which title, at which price."""

import random
import zlib
from dataclasses import dataclass

from tools.draw_demo.assortment import (
    accessories,
    bags,
    blouses,
    dresses,
    heels_and_sandals,
    jackets,
    knitwear,
    shirts,
    shoes,
    shorts,
    skirts,
    sweatshirts,
    trousers,
    tshirts,
)
from tools.draw_demo.designs import Design, Look

DESIGNS = (
    *tshirts.TSHIRTS,
    *shirts.SHIRTS,
    *blouses.TOPS,
    *knitwear.KNITS,
    *sweatshirts.SWEATSHIRTS,
    *jackets.JACKETS,
    *dresses.DRESSES,
    *skirts.SKIRTS,
    *trousers.JEANS,
    *trousers.TROUSERS,
    *shorts.SHORTS,
    *shoes.CASUAL,
    *shoes.SPORTS,
    *shoes.FORMAL,
    *heels_and_sandals.HEELS,
    *heels_and_sandals.FLATS,
    *heels_and_sandals.SANDALS,
    *bags.HANDBAGS,
    *bags.BACKPACKS,
    *bags.CLUTCHES,
    *accessories.WATCHES,
    *accessories.EYEWEAR,
    *accessories.BELTS,
    *accessories.CAPS,
    *accessories.SCARVES,
    *accessories.TIES,
    *accessories.SOCKS,
)
SELLERS = ("Quillhaven", "Nordveil", "Marché Lindo")
ADDRESSES = ("quillhaven.example", "nordveil.example", "marche-lindo.example")
DRAWN = "Drawn illustration, not a photo."
COLUMNS = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "price",
    "sale_price",
    "availability",
    "brand",
    "color",
    "size",
    "material",
    "pattern",
    "gender",
    "age_group",
    "item_group_id",
    "gtin",
    "product_type",
    "article_type",
    "season",
    "usage",
    "seller",
    "product_key",
)
PRODUCT_TYPES = {
    "Apparel > Topwear": (
        "Tshirts",
        "Shirts",
        "Tops",
        "Kurtas",
        "Sweaters",
        "Sweatshirts",
        "Jackets",
        "Blazers",
    ),
    "Apparel > Dress": ("Dresses",),
    "Apparel > Bottomwear": ("Skirts", "Jeans", "Trousers", "Track Pants", "Leggings", "Shorts"),
    "Footwear > Shoes": ("Casual Shoes", "Sports Shoes", "Formal Shoes", "Heels", "Flats"),
    "Footwear > Open Shoes": ("Sandals", "Flip Flops"),
    "Accessories > Bags": ("Handbags", "Backpacks", "Clutches"),
    "Accessories > Watches": ("Watches",),
    "Accessories > Eyewear": ("Sunglasses",),
    "Accessories > Wardrobe": ("Belts", "Caps", "Scarves", "Ties", "Socks"),
}
SHOES = PRODUCT_TYPES["Footwear > Shoes"] + PRODUCT_TYPES["Footwear > Open Shoes"]
STIFF = (*PRODUCT_TYPES["Accessories > Bags"], "Watches", "Sunglasses", "Belts", "Caps")


@dataclass(frozen=True)
class Listing:
    """One product as one shop lists it."""

    product_id: str
    design: Design
    look: Look
    seller: int
    row: dict[str, str]

    @property
    def kind(self) -> str:
        """How its scene photo is arranged: "soft", "stiff" or "shoes"."""
        if self.design.article_type in STIFF:
            return "stiff"
        return "shoes" if self.design.article_type in SHOES else "soft"

    @property
    def seed(self) -> int:
        """A number of its own for everything left to chance in its photos."""
        return zlib.crc32(self.product_id.encode())


def listings() -> list[Listing]:
    """Every listing: each article at its first shop, about one in five at a second or third too."""
    rows: list[Listing] = []
    copies: list[tuple[int, int, int, Design, Look]] = []
    article = 0
    for group, design in enumerate(DESIGNS, start=1):
        for look in design.looks:
            article += 1
            first = (group + article) % 3
            rows.append(_listing(len(rows) + 1, article, group, first, first, design, look))
            if article % 5 == 1:
                copies.append((article, group, first, design, look))
    for article, group, first, design, look in copies:
        shops = [(first + 1) % 3] if article % 30 != 1 else [(first + 1) % 3, (first + 2) % 3]
        for shop in shops:
            rows.append(_listing(len(rows) + 1, article, group, shop, first, design, look))
    return rows


def _listing(
    number: int, article: int, group: int, seller: int, first: int, design: Design, look: Look
) -> Listing:
    product_id = f"D{number:04d}"
    dice = random.Random(number * 7919)
    price = design.price if seller == first else _rounded(design.price * dice.uniform(0.9, 1.12))
    on_sale = dice.random() < 0.16
    has_gtin = dice.random() < (0.8 if seller == first else 0.55)
    row = {
        "id": product_id,
        "title": _title(seller, design, look),
        "description": _description(seller, design, look),
        "link": f"https://{ADDRESSES[seller]}/p/{product_id.lower()}",
        "image_link": f"images/{product_id}-1.webp",
        "additional_image_link": f"images/{product_id}-2.webp",
        "price": f"{price:.2f} EUR",
        "sale_price": f"{_rounded(price * dice.choice((0.7, 0.75, 0.8))):.2f} EUR"
        if on_sale
        else "",
        "availability": "out_of_stock" if dice.random() < 0.06 else "in_stock",
        "brand": design.brand,
        "color": look.colour,
        "size": _size(design, random.Random(article)),
        "material": design.material,
        "pattern": look.pattern,
        "gender": design.gender,
        "age_group": design.age_group,
        "item_group_id": f"G{group:03d}",
        "gtin": _gtin(article) if has_gtin else "",
        "product_type": _product_type(design.article_type),
        "article_type": design.article_type,
        "season": design.season,
        "usage": design.usage,
        "seller": SELLERS[seller],
        "product_key": f"A{article:04d}",
    }
    return Listing(product_id, design, look, seller, row)


def _rounded(price: float) -> float:
    """A price as shops write it, ending in .00, .50 or .90."""
    whole = int(price)
    return whole + min((0.0, 0.5, 0.9), key=lambda cents: abs(price - whole - cents))


def _whose(design: Design) -> str:
    if design.age_group == "kids":
        return "Kids"
    return {"female": "Women's", "male": "Men's", "unisex": "Unisex"}[design.gender]


def _pattern_word(design: Design, look: Look) -> str:
    """The pattern as a title says it: nothing for plain cloth or where the name has it already."""
    return "" if look.pattern == "solid" or look.pattern in design.name.lower() else look.pattern


def _title(seller: int, design: Design, look: Look) -> str:
    name, pattern = design.name.removeprefix("Kids "), _pattern_word(design, look)
    if seller == 0:
        words = (design.brand, _whose(design), look.colour, pattern.title(), name)
        return " ".join(word for word in words if word)
    if seller == 1:
        colour = f"{pattern} {look.colour.lower()}".strip()
        return f"{name} in {colour}, {_whose(design).lower()}, {design.brand}"
    return f"{design.brand} | {name} | {design.material} | {look.colour} {pattern}".rstrip()


def _description(seller: int, design: Design, look: Look) -> str:
    pattern = "plain" if look.pattern == "solid" else look.pattern
    facts = (
        f"Made of {design.material.lower()}, {pattern}, in {look.colour.lower()}.",
        f"{look.colour} {design.material.lower()} ({pattern}). For {design.season.lower()}.",
        f"{design.usage} wear in {look.colour.lower()} {design.material.lower()}, {pattern}.",
    )[seller]
    opening = (
        design.blurb,
        f"{design.name} by {design.brand}: {_lower(design.blurb)}",
        design.blurb,
    )[seller]
    return f"{opening} {facts} {DRAWN}"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _size(design: Design, dice: random.Random) -> str:
    if design.article_type in SHOES:
        low, high = {"female": (36, 41), "male": (40, 46), "unisex": (37, 45)}[design.gender]
        return str(dice.randint(28, 34) if design.age_group == "kids" else dice.randint(low, high))
    if (
        _product_type(design.article_type).startswith("Accessories")
        and design.article_type != "Socks"
    ):
        return "One Size"
    if design.age_group == "kids":
        return str(dice.choice((104, 116, 128, 140)))
    return dice.choice(("XS", "S", "M", "L", "XL"))


def _gtin(article: int) -> str:
    """A 13-digit number from the range kept for use inside shops, with its check digit."""
    digits = f"2{article * 7_368_787 % 10**11:011d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _product_type(article_type: str) -> str:
    for path, kinds in PRODUCT_TYPES.items():
        if article_type in kinds:
            return f"{path} > {article_type}"
    raise KeyError(article_type)
