"""The list of devices, as Intune exports it and as people save it again."""

from datetime import UTC, datetime

import pytest

from rollout.device_list import LONGEST_ADDRESS, DeviceList, read_devices
from rollout.errors import TableRefused

NOW = datetime(2027, 7, 30, 12, 0, tzinfo=UTC)
EXPORT = (
    "Device ID,Device name,Enrollment date,OS,Primary user UPN,Primary user email address\n"
    'd1,LAPTOP-1,2027-07-20 09:30:12.0000000,Windows,Alice@Northwind.example,"a@x.example"\n'
    "d2,PHONE-1,2027-07-21 10:00:00,iOS,alice@northwind.example,\n"
    "d3,PHONE-2,,Android,,bram@northwind.example\n"
    "d4,KIOSK,2027-07-20,Windows,,\n"
)


def read(text: str, encoding: str = "utf-8") -> DeviceList:
    return read_devices(text.encode(encoding), "devices.csv", NOW)


def test_the_export_is_read_by_the_names_of_its_columns() -> None:
    listed = read(EXPORT)

    assert ["alice@northwind.example", "bram@northwind.example"] == list(listed.people)
    assert 3 == listed.devices
    assert 1 == listed.without_user
    assert () == listed.findings


def test_a_person_with_two_devices_enrolled_with_the_first() -> None:
    alice = read(EXPORT).people["alice@northwind.example"]

    assert datetime(2027, 7, 20, 9, 30, 12, tzinfo=UTC) == alice.enrolled_at
    assert "Windows + iOS" == alice.platform


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_of_spreadsheets_is_read(
    encoding: str, delimiter: str
) -> None:
    text = "User principal name,Platform,Date\nmei@northwind.example,iOS,2027-07-20\n"

    listed = read(text.replace(",", delimiter), encoding)

    assert "iOS" == listed.people["mei@northwind.example"].platform
    assert datetime(2027, 7, 20, tzinfo=UTC) == listed.people["mei@northwind.example"].enrolled_at


def test_each_bad_line_is_named_and_the_others_are_read() -> None:
    listed = read("e-mail,date\nalice@x.example,2027-07-20\nnobody,2027-07-20\n@,x\n")

    assert ["alice@x.example"] == list(listed.people)
    assert [3, 4] == [one.line for one in listed.findings]
    assert (
        "devices.csv:3: error: address: 'nobody' is not an address; the line is left out."
        in str(listed.findings[0])
    )


@pytest.mark.parametrize("date", ["03-04-2027", "banana", "2027-02-30", "2027-07-31 00:00"])
def test_a_person_counts_although_the_date_cannot_be_read(date: str) -> None:
    listed = read(f"upn,date\nalice@x.example,{date}\n")

    assert listed.people["alice@x.example"].enrolled_at is None
    assert "counts without its date" in str(listed.findings[0])


def test_the_present_moment_is_no_future() -> None:
    listed = read("upn,date\na@x.example,2027-07-30 12:00:00\nb@x.example,2027-07-30 12:00:01\n")

    assert listed.people["a@x.example"].enrolled_at == NOW
    assert listed.people["b@x.example"].enrolled_at is None


def test_an_address_may_be_as_long_as_mail_allows() -> None:
    longest = f"{'a' * (LONGEST_ADDRESS - len('@x.example'))}@x.example"

    assert longest in read(f"upn,os\n{longest},iOS\n").people
    assert {} == dict(read(f"upn,os\na{longest},iOS\n").people)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Device name,OS\nA,iOS\n", "no column has the people's addresses"),
        (b"", "there is no table in this file"),
        (b"upn;os\n\xff\xff\xe9;iOS\n", "the encoding of this file is not known"),
    ],
)
def test_what_is_no_list_is_refused_whole(content: bytes, says: str) -> None:
    with pytest.raises(TableRefused, match=says):
        read_devices(content, "devices.csv", NOW)
