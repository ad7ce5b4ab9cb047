"""The scoring methods, one file each. Importing this registers them all."""

from segments.scoring.rfm.method import METHODS
from segments.scoring.rfm.methods import custom, fixed, product_led, quartiles, quintiles

__all__ = ["METHODS", "custom", "fixed", "product_led", "quartiles", "quintiles"]
