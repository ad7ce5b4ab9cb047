"""Where the invented people live. Coordinates are town centres."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A town; `weight` says how many of the customers live there."""

    name: str
    region: str
    country: str
    postal_prefix: str
    latitude: float
    longitude: float
    weight: float


AMERICAN = (
    Town("Burlington", "Vermont", "US", "054", 44.476, -73.212, 14),
    Town("Boston", "Massachusetts", "US", "021", 42.360, -71.058, 16),
    Town("New York", "New York", "US", "100", 40.713, -74.006, 22),
    Town("Portland", "Maine", "US", "041", 43.661, -70.255, 6),
    Town("Philadelphia", "Pennsylvania", "US", "191", 39.953, -75.165, 8),
    Town("Chicago", "Illinois", "US", "606", 41.878, -87.630, 8),
    Town("Austin", "Texas", "US", "787", 30.267, -97.743, 6),
    Town("Portland", "Oregon", "US", "972", 45.515, -122.679, 7),
    Town("Seattle", "Washington", "US", "981", 47.606, -122.332, 5),
    Town("Los Angeles", "California", "US", "900", 34.052, -118.244, 8),
    Town("Toronto", "Ontario", "CA", "M5V", 43.653, -79.383, 4),
    Town("Montréal", "Quebec", "CA", "H2X", 45.502, -73.567, 3),
)
# The bistro stands in the first town; the next are a short drive away, the last a journey.
BRITISH = (
    Town("Bristol", "Bristol", "GB", "BS1", 51.4545, -2.5879, 58),
    Town("Bath", "Somerset", "GB", "BA1", 51.381, -2.359, 12),
    Town("Weston-super-Mare", "Somerset", "GB", "BS23", 51.346, -2.977, 6),
    Town("Cardiff", "Wales", "GB", "CF10", 51.481, -3.179, 7),
    Town("Gloucester", "Gloucestershire", "GB", "GL1", 51.864, -2.238, 4),
    Town("Swindon", "Wiltshire", "GB", "SN1", 51.556, -1.779, 3),
    Town("London", "London", "GB", "EC1", 51.507, -0.128, 6),
    Town("Manchester", "Greater Manchester", "GB", "M1", 53.480, -2.242, 2),
    Town("Lyon", "Auvergne-Rhône-Alpes", "FR", "69", 45.764, 4.836, 2),
)
WORLDWIDE = (
    Town("San Francisco", "California", "US", "941", 37.775, -122.419, 16),
    Town("New York", "New York", "US", "100", 40.713, -74.006, 14),
    Town("Austin", "Texas", "US", "787", 30.267, -97.743, 7),
    Town("London", "London", "GB", "EC1", 51.507, -0.128, 13),
    Town("Berlin", "Berlin", "DE", "101", 52.520, 13.405, 11),
    Town("Amsterdam", "North Holland", "NL", "1012", 52.370, 4.895, 7),
    Town("Stockholm", "Stockholm", "SE", "111", 59.329, 18.069, 5),
    Town("São Paulo", "São Paulo", "BR", "010", -23.551, -46.633, 6),
    Town("Bengaluru", "Karnataka", "IN", "5600", 12.972, 77.594, 9),
    Town("Singapore", "", "SG", "018", 1.290, 103.852, 5),
    Town("Sydney", "New South Wales", "AU", "200", -33.869, 151.209, 5),
    Town("Tokyo", "Tokyo", "JP", "100", 35.677, 139.650, 2),
)
LANGUAGES = {"FR": "fr", "DE": "de", "NL": "nl", "SE": "sv", "BR": "pt", "JP": "ja"}
