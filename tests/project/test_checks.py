from django.core.management import call_command


def test_django_finds_nothing_to_complain_of():
    call_command("check", fail_level="INFO")
