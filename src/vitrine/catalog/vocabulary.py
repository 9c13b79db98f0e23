"""The words of each field: vitrine's own on the left, what sources write on the right.

Case, spaces and punctuation do not count. Where the left is empty, the source says nothing.
The spellings are those of Kaggle's *Fashion Product Images*, which the default encoder predicts.
"""

from __future__ import annotations

from collections.abc import Mapping

from vitrine.catalog.article_types import ARTICLE_TYPES, SUB_CATEGORIES

GENDERS = {
    "women": "female, woman, womens, ladies, lady, ladieswear, womenswear, f, w, her, damen, femme",
    "men": "male, man, mens, gents, gentlemen, menswear, m, him, herren, homme",
    "girls": "girl, baby girl, young girl, kids girl",
    "boys": "boy, baby boy, young boy, kids boy",
    "unisex": "all, both, everyone, neutral, gender neutral, uni, men and women, women and men",
}

AVAILABILITIES = {
    "in_stock": "available, instock, yes, true, 1, limited availability, low stock, "
    "http://schema.org/InStock, https://schema.org/InStock, "
    "https://schema.org/LimitedAvailability, https://schema.org/OnlineOnly",
    "out_of_stock": "sold out, unavailable, not available, no, false, 0, discontinued, "
    "http://schema.org/OutOfStock, https://schema.org/OutOfStock, "
    "https://schema.org/SoldOut, https://schema.org/Discontinued",
    "preorder": "pre-order, coming soon, http://schema.org/PreOrder, https://schema.org/PreOrder",
    "backorder": "back-order, on order, http://schema.org/BackOrder, https://schema.org/BackOrder",
}

AGE_GROUPS = {
    "newborn": "newborns, new born",
    "infant": "infants, baby, babies",
    "toddler": "toddlers",
    "kids": "kid, child, children, junior, youth, teen, teens",
    "adult": "adults, grown-up",
}

COLOURS = {
    "Beige": "dark beige, light beige, greyish beige, sand, ecru, natural, camel, stone, oatmeal",
    "Black": "jet black, washed black, jet, onyx, noir, schwarz",
    "Blue": "light blue, sky blue, royal blue, cobalt, cobalt blue, denim, denim blue, azure, "
    "powder blue, baby blue, electric blue, ice blue, indigo, indigo blue, mid blue, aqua, blau",
    "Bronze": "bronze/copper",
    "Brown": "yellowish brown, chocolate, cognac, chestnut, walnut, tobacco, toffee, mocha, braun",
    "Burgundy": "bordeaux, oxblood",
    "Charcoal": "anthracite, charcoal grey, graphite",
    "Coffee Brown": "coffee, espresso",
    "Copper": "",
    "Cream": "ivory, vanilla, eggshell, creme",
    "Fluorescent Green": "neon green, fluro green",
    "Gold": "golden, rose gold",
    "Green": "dark green, light green, forest green, bottle green, emerald, mint, mint green, "
    "sage, army green, pistachio, grün",
    "Grey": "gray, dark grey, light grey, slate, ash, ash grey, stone grey, steel grey, grau",
    "Grey Melange": "heather grey, grey marl, grey heather, light grey melange, melange grey",
    "Khaki": "",
    "Lavender": "light purple, lilac, violet light",
    "Lime Green": "lime",
    "Magenta": "fuchsia, fuschia, fuchsia pink",
    "Maroon": "dark red, wine, wine red",
    "Mauve": "",
    "Metallic": "metal",
    "Multi": "multicolour, multicolor, multi colour, multi-color, multicoloured, multicolored, "
    "assorted, mixed, various, rainbow",
    "Mushroom Brown": "mushroom, mole",
    "Mustard": "dark yellow, mustard yellow, ochre",
    "Navy Blue": "navy, dark blue, midnight blue, midnight, dark navy, french navy, marine",
    "Nude": "",
    "Off White": "offwhite, off-white, broken white",
    "Olive": "olive green, greenish khaki, khaki green, dark olive",
    "Orange": "dark orange, tangerine, burnt orange",
    "Peach": "light orange, apricot",
    "Pink": "light pink, dark pink, hot pink, baby pink, blush, blush pink, dusty pink, rosa",
    "Purple": "dark purple, violet, plum, aubergine, lila",
    "Red": "light red, scarlet, crimson, cherry, cherry red, rot",
    "Rose": "dusty rose",
    "Rust": "brick, terracotta",
    "Sea Green": "",
    "Silver": "",
    "Skin": "",
    "Steel": "",
    "Tan": "",
    "Taupe": "",
    "Teal": "dark turquoise, petrol, petrol blue",
    "Turquoise Blue": "turquoise, light turquoise",
    "White": "bright white, snow white, snow, weiss",
    "Yellow": "light yellow, lemon, lemon yellow, neon yellow, gelb",
    "": "other, transparent, clear",
}

COLOUR_SHADES = "light lt pale dark dk deep bright medium mid soft dusty other faded washed baby"
"""Words before a colour that may fall away: "Other Pink" is Pink."""

PATTERNS = {
    "Solid": "plain, solids, plain solid, unpatterned, uni",
    "Striped": "stripe, stripes, pinstripe, pinstriped, breton",
    "Checked": "check, checks, checkered, plaid, tartan, gingham, houndstooth, chequered",
    "Dotted": "dot, dots, polka dot, polka dots, spotted, spots",
    "Floral": "flower, flowers, floral print, flowered, botanical",
    "Graphic": "placement print, front print, graphic print, typography, typographic, slogan, logo",
    "Printed": "print, prints, all over pattern, all over print, other pattern, "
    "mixed solid/pattern, abstract, patterned",
    "Animal": "animal print, leopard, leopard print, zebra, snake, snake print, tiger",
    "Camouflage": "camo, camouflage print",
    "Paisley": "paisley print",
    "Geometric": "geometric print, argyle, chevron",
    "Tie-dye": "tie dye, tie and dye, batik",
    "Colourblocked": "colour blocking, colorblock, colourblock, color block, colour block, "
    "colorblocked, contrast",
    "Melange": "marl, heather, neps",
    "Denim": "chambray",
    "Washed": "treatment, faded, acid wash, distressed",
    "Embroidered": "embroidery, woven design",
    "Embellished": "application/3d, sequin, sequins, sequinned, beaded, embellishment",
    "Metallic": "glittering/metallic, glitter, hologram, shimmer",
    "Lace": "",
    "Jacquard": "brocade",
    "Textured": "other structure, slub, texture, self design, ribbed, cable knit",
    "Sheer": "transparent, mesh",
    "": "other",
}

SEASONS = {
    "Spring": "ss spring, spring season",
    "Summer": "spring/summer, spring summer, ss, high summer",
    "Fall": "autumn, pre-fall",
    "Winter": "fall/winter, autumn/winter, autumn winter, fall winter, aw, fw, holiday",
    "": "all season, all seasons, year round",
}

USAGES = {
    "Casual": "everyday, day, leisure, daily",
    "Formal": "business, office, work, business formal",
    "Smart Casual": "business casual, semi formal",
    "Sports": "sport, sportswear, activewear, gym, athletic, training, running",
    "Party": "evening, cocktail, night out, partywear",
    "Ethnic": "traditional, festive",
    "Travel": "",
    "Home": "lounge, loungewear",
}

MASTER_CATEGORIES = {
    "Apparel": "clothing, clothes, garments, ready to wear",
    "Footwear": "shoes, shoe",
    "Accessories": "accessory",
    "Personal Care": "beauty, cosmetics, cosmetic",
    "Free Items": "",
    "Sporting Goods": "sports equipment",
    "Home": "homeware",
}

NOTHING = (
    "na, n/a, nan, null, none, nil, unknown, undefined, not specified, unspecified, not sure, -"
)
"""What sources write in a field of choices when they have nothing to say."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "gender": GENDERS,
    "availability": AVAILABILITIES,
    "age_group": AGE_GROUPS,
    "master_category": MASTER_CATEGORIES,
    "sub_category": SUB_CATEGORIES,
    "article_type": ARTICLE_TYPES,
    "colour": COLOURS,
    "pattern": PATTERNS,
    "season": SEASONS,
    "usage": USAGES,
}
"""field -> vitrine's word -> the words that mean the same, with commas between."""
