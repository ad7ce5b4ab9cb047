"""Names nobody has: given names with invented surnames, and addresses made of them."""

from random import Random

_GIVEN = """
    Ada Alba Aldo Anouk Arlo Astrid Bodhi Briar Bruno Calla Caspian Cato Clea Clover Cosmo Dagny
    Dario Delphi Edda Elio Elowen Enzo Esme Fable Faye Fenn Flint Flora Freya Gaia Gideon Greta
    Halle Hugo Ida Indigo Isolde Ivo Jory Juno Kai Kestrel Lark Leif Lior Lorne Luz Maeve Malo
    Marlo Mila Mirela Nell Niko Noor Odette Oren Orla Otis Paloma Perrin Petra Pia Quill Rafi
    Ravi Remy Rhea Roan Rosa Rune Sable Saga Selma Senna Sol Soren Suki Tamsin Tavi Teo Thea
    Tova Uma Una Vale Vesper Vida Wilder Wren Xanthe Yara Yori Zara Zeno Zola
"""
GIVEN = tuple(_GIVEN.split())
_FRONT = """
    Alder Amber Ash Barrow Birch Bracken Bramble Brook Cinder Clay Cloud Copper Crane Dapple Dew
    Drift Ember Fallow Fern Finch Flax Frost Gale Glen Gorse Grove Hazel Heath Heron Holly Ivory
    Juniper Kelp Lake Larch Linden Loam Maple Marsh Meadow Mist Moss Nettle Oak Oat Otter Pebble
    Pine Plover Quill Rain Reed Ridge Rowan Rush Sage Sedge Shale Slate Sorrel Sparrow Spruce
    Starling Stone Sun Tansy Teal Thicket Thistle Thorn Tide Umber Vetch Wander Willow Wold Wren
    Yarrow
"""
FRONT = tuple(_FRONT.split())
_BACK = """
    bane beck bourne by combe croft dale den fell field garth gate ham holt hurst ley lock mere
    moor more quist ridge rood sett shaw side stead strand thwaite toft ward wick worth
"""
BACK = tuple(_BACK.split())
# Names reserved for examples, so that no letter ever reaches anybody.
MAIL_HOSTS = (
    "example.com",
    "example.com",
    "example.com",
    "example.org",
    "example.net",
    "post.test",
    "inbox.test",
)


def name_person(random: Random) -> tuple[str, str]:
    """Return a given name and an invented surname."""
    return random.choice(GIVEN), random.choice(FRONT) + random.choice(BACK)


def address(first: str, last: str, *, serial: int, random: Random) -> str:
    """Return an e-mail address nobody else in the store has."""
    host = MAIL_HOSTS[int(random.random() * len(MAIL_HOSTS))]
    return f"{first}.{last}{serial}@{host}".lower()


def american_phone(serial: int) -> str:
    """Return one of the numbers kept free for fiction (…555-0100 to …555-0199)."""
    return f"+1 {201 + serial // 100} 555 01{serial % 100:02d}"


def british_phone(serial: int) -> str:
    """Return one of the numbers kept free for drama, the mobile ones first."""
    fronts = ("7700 900", "117 496 0", "20 7946 0", "161 496 0", "113 496 0", "121 496 0")
    return f"+44 {fronts[serial // 1000 % len(fronts)]}{serial % 1000:03d}"
