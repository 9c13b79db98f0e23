"""The palette: colour names as the Kaggle fashion table spells them, with the shade we draw."""

RGB = tuple[float, float, float]


_HEX = {
    "Black": "#2b2b2f",
    "Charcoal": "#45474d",
    "Grey": "#8d9096",
    "Grey Melange": "#b3b4b8",
    "Silver": "#c3c6ca",
    "White": "#f4f3f0",
    "Off White": "#efeadf",
    "Cream": "#f0e3c8",
    "Beige": "#d9c3a0",
    "Nude": "#e2bfa6",
    "Tan": "#b98451",
    "Brown": "#74492f",
    "Coffee Brown": "#4d352b",
    "Mushroom Brown": "#9c8a7b",
    "Khaki": "#a39468",
    "Olive": "#6d6d3d",
    "Green": "#2f7350",
    "Sea Green": "#86b9a0",
    "Lime Green": "#b3cc57",
    "Teal": "#1f7078",
    "Turquoise Blue": "#54b7bd",
    "Blue": "#3f74b5",
    "Navy Blue": "#27365c",
    "Lavender": "#b9a7d6",
    "Purple": "#67427f",
    "Mauve": "#a97d93",
    "Magenta": "#b8336f",
    "Pink": "#ee9fb2",
    "Rose": "#cd6f78",
    "Peach": "#f6b896",
    "Red": "#c4302f",
    "Maroon": "#742530",
    "Burgundy": "#5a2032",
    "Rust": "#b0522b",
    "Orange": "#e77a2f",
    "Mustard": "#d39f32",
    "Yellow": "#f1cd51",
    "Gold": "#c9a455",
    "Bronze": "#8c6b45",
    "Copper": "#b87351",
    "Light Denim": "#9db6cf",
    "Mid Denim": "#5a7ea8",
    "Dark Denim": "#2f4264",
    "Gum": "#c49a63",
}


def rgb(name: str) -> RGB:
    """Red, green, blue in 0..1 of a palette name or of a "#rrggbb" string."""
    code = _HEX.get(name, name).lstrip("#")
    red, green, blue = bytes.fromhex(code)
    return red / 255, green / 255, blue / 255


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """`share` (0..1) of the second colour in the first."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: RGB, share: float) -> RGB:
    """Mixed towards a cool near-black."""
    return mix(colour, (0.05, 0.05, 0.09), share)


def lighter(colour: RGB, share: float) -> RGB:
    """Mixed towards a warm white."""
    return mix(colour, (1.0, 0.99, 0.96), share)


def lightness(colour: RGB) -> float:
    """Perceived lightness in 0..1."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def thread_on(colour: RGB) -> RGB:
    """A thread colour that shows quietly on the cloth: lighter on dark, darker on light."""
    return lighter(colour, 0.35) if lightness(colour) < 0.35 else darker(colour, 0.28)
