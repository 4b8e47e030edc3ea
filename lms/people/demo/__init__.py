"""The people of Larkfield Appliances, a maker of kettles that exists only here, as an HR export."""

from pathlib import Path

LARKFIELD_EXPORT = Path(__file__).with_name("larkfield.csv")
