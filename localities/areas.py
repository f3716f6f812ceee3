"""The GSS codes of the areas that stand above our wards and localities."""

BOROUGH = "E09000030"
COUNTRY = "E92000001"
