from localities.models.indicator import Indicator, IndicatorRelease, IndicatorValue
from localities.models.places import (
    DeliveryOfficePostcode,
    DistrictInLocality,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    Postcode,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
    is_outline,
    spaced,
)
from localities.models.practice import CareNetwork, Practice

__all__ = [
    "CareNetwork",
    "DeliveryOfficePostcode",
    "DistrictInLocality",
    "Indicator",
    "IndicatorRelease",
    "IndicatorValue",
    "Locality",
    "PlaceInWard",
    "PlaceName",
    "PlaceSpelling",
    "Postcode",
    "PostcodeDistrict",
    "PostcodeRelease",
    "Practice",
    "Ward",
    "WardInLocality",
    "is_outline",
    "spaced",
]
