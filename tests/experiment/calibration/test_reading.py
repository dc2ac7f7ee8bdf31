"""Reading a firm's files: what is understood, what is refused, and where messages point."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from sim.experiment.calibration.log import Ways, date_of, read_log
from sim.experiment.calibration.reading import Undecided, amounts, dates
from sim.experiment.calibration.spend import read_spend
from sim.experiment.calibration.subscriptions import Contract, read_subscriptions
from sim.scenario.problems import InputError
from tests.reliability.figures import count

TODAY = datetime.date(2025, 1, 1)
HEADER = "customer_id,date,amount\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "log.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (HEADER, "a header and no rows"),
        ("id;amt\n1;2\n", "no column is called date"),
        ("date,date,amount,customer\n1,1,5,2\n", "log.csv:1:2: the header has column 'date' twice"),
        ("customer,client,date,amount\n1,1,2024-01-01,2\n", "several columns could be the customer_id"),
        (HEADER + "1,2024-01-01\n", "log.csv:2:3: this row has 2 fields, the header has 3"),
        (HEADER + "1,2024-01-01,2,3\n", "this row has 4 fields"),
        (HEADER + '1,2024-01-01,2\n"2,2024-01-01,3\n4,2024-01-02,3\n', "log.csv:3:1: the quote that is opened here"),
        ("customer\0,date,amount\n", "NUL"),
        (HEADER.encode() + b"\xff\xfe,2024-01-01,1\n", "is not UTF-8 text"),
        (HEADER + "1,03/04/2024,2\n2,05/06/2024,3\n", "log.csv:2:2: dates are ambiguous (day or month first?)"),
        (HEADER + "1,2024-04-13,2\n2,05/06/2024,3\n", "log.csv:3:2: dates are ambiguous (day or month first?)"),
        (HEADER + "1,13/04/2024,2\n2,04/13/2024,3\n", "log.csv:3:2: in '13/04/2024' the day comes first"),
        (HEADER + "1,2024-02-30,2\n", "log.csv:2:2: '2024-02-30' is no date"),
        (HEADER + "1,2031-02-03,2\n", "lies in the future"),
        (HEADER + "1,2024-01-01T10:00:00Z,2\n2,2024-01-01T10:00:00+02:00,2\n", "several time zones"),
        (HEADER + "1,2024-01-01,inf\n", "log.csv:2:3: amount 'inf' is not finite"),
        (HEADER + "1,2024-01-01,$5\n", "amount '$5' is no number"),
        (HEADER + "1,2024-01-01,(3)\n", "amount '(3)' is no number"),
        (HEADER + "1,2024-01-01,\N{FULLWIDTH DIGIT THREE}\n", "is no number"),
        (HEADER + "1,2024-01-01,\n", "amount is blank"),
        (HEADER + '1,2024-01-01,"1,234"\n', "is ambiguous (thousands or three decimals?)"),
        (HEADER + '1,2024-01-01,"1,5"\n2,2024-01-01,1.5\n', "log.csv:2:3: amounts are written in two ways"),
        (HEADER + '1,2024-01-01,7\n2,2024-01-01,"1,234"\n', "log.csv:3:3: amount '1,234' is ambiguous"),
        (HEADER + "1,2024-01-01,1 23\n", "amount '1 23' is no number"),
        (HEADER + "1,2024-01-01,1 234'567\n", "is no number"),
        (HEADER + '1,2024-01-01,2\n"2,' + 20_000 * "2024-01-01,3\n", "log.csv:3:1: the quote that is opened here"),
        (HEADER + "1,2024-01-01,5\n1,2024-01-02,-5\n", "log.csv:3:3: 1 amounts are negative, here the first: refunds?"),
        (HEADER + ",2024-01-01,5\n", "no purchase is left after cleaning"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_log_is_told_with_row_and_column(text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_log(written(tmp_path, text), today=TODAY)
    assert said in str(caught.value)


def test_many_wrong_rows_are_told_at_once_and_not_without_end(tmp_path: Path) -> None:
    rows = "".join(f"c{at},2024-01-0{1 + at % 9},x{at}\n" for at in range(3000))
    with pytest.raises(InputError) as caught:
        read_log(written(tmp_path, HEADER + rows), today=TODAY)
    lines = str(caught.value).splitlines()
    assert len(lines) <= 22
    assert "log.csv:2:3" in lines[0]


def test_ids_are_texts_and_a_file_may_be_written_as_elsewhere(tmp_path: Path) -> None:
    text = "\ufeffDatum;Kunde;Betrag\n31.01.2024 10:15;007;1.234,50\n"
    text += "01.02.2024;7;3,00\n01.02.2024;1e5;4\n01.02.2024;NA;4\n"
    log = read_log(written(tmp_path, text), today=TODAY)
    assert log.customers == 4
    assert sorted(log.amount.tolist()) == [3.0, 4.0, 4.0, 1234.5]
    assert str(date_of(log.first_day)) == "2024-01-31"
    assert log.ways["dates"] == "%d/%m/%Y"
    assert log.ways["decimals"] == "comma"


def test_a_frame_is_read_as_the_file_that_it_would_be(tmp_path: Path) -> None:
    days = pd.to_datetime(["2024-01-31 10:15", "2024-02-01 00:00", "2024-02-01 23:59"])
    frame = pd.DataFrame({"Customer ID": ["007", "7", None], "order_date": days, "amount": [1234.5, 3.0, 4.0]})
    log = read_log(frame, today=TODAY)
    path = tmp_path / "log.csv"
    frame.to_csv(path, index=False)
    same = read_log(path, today=TODAY)
    assert log.amount.tolist() == same.amount.tolist() == [1234.5, 3.0]
    assert log.day.tolist() == same.day.tolist()
    assert log.left == same.left
    with pytest.raises(InputError, match="the table:3:3: amount is blank"):
        read_log(frame.assign(amount=[1.0, None, 2.0]), today=TODAY)


def test_a_log_is_cleaned_with_a_reason_for_every_row_left_out(tmp_path: Path) -> None:
    rows = [
        "a,2024-01-01,10", "a,2024-01-01,5",  # one day is one purchase
        "a,2024-02-01,20", "a,2024-02-03,-8", "b,2024-01-05,7", "b,2024-01-06,-7", "c,2024-01-05,3", "c,2024-01-05,3",
        ",2024-01-07,9", "d,2024-01-07,0",
    ]  # fmt: skip
    path = written(tmp_path, HEADER + "\n".join(rows) + "\n")
    net = read_log(path, Ways(refunds="net", duplicates="drop"), TODAY)
    assert net.amount.tolist() == [15.0, 12.0, 3.0]
    assert {(each.why, each.rows, each.first) for each in net.left} == {
        ("customer_id is blank", 1, 10),
        ("the same as an earlier row", 1, 9),
        ("amount is zero", 1, 11),
        ("refund, taken off earlier purchases", 2, 5),
        ("purchases given back entirely", 1, 5),
    }
    drop = read_log(path, Ways(refunds="drop"), TODAY)
    assert drop.amount.tolist() == [15.0, 20.0, 7.0, 6.0]


def test_a_refund_takes_from_the_last_purchase_before_it_and_never_from_a_later_one(tmp_path: Path) -> None:
    rows = "a,2024-01-01,10\na,2024-02-01,10\na,2024-03-01,10\na,2024-02-15,-15\n"
    log = read_log(written(tmp_path, HEADER + rows), Ways(refunds="net"), TODAY)
    assert log.amount.tolist() == [5.0, 10.0]


def test_whoever_says_how_it_is_written_is_believed() -> None:
    found = dates(["03/04/2024"], "%m/%d/%Y", TODAY)
    assert str(date_of(int(found.values[0]))) == "2024-03-04"
    assert amounts(["1,234"], "point").values.tolist() == [1234.0]
    assert amounts(["1,234"], "comma").values.tolist() == [1.234]
    with pytest.raises(Undecided, match="no four digits"):
        dates(["03/04/24"], None, TODAY)


def test_a_form_of_dates_without_a_clock_reads_over_the_time_of_day() -> None:
    for text in ("03/04/2024", "03/04/2024 10:15", "03/04/2024 10:15:30 PM", "03/04/2024T10:15:30.5Z"):
        assert str(date_of(int(dates([text], "%d/%m/%Y", TODAY).values[0]))) == "2024-04-03"
    assert dates(["03/04/2024 noon"], "%d/%m/%Y", TODAY).faults
    assert dates(["03/04/2024 10:15"], "%d/%m/%Y %H:%M:%S", TODAY).faults


@pytest.mark.parametrize(
    "between", [" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'", "\N{RIGHT SINGLE QUOTATION MARK}"]
)
def test_thousands_are_set_apart_by_spaces_and_apostrophes(between: str) -> None:
    assert amounts([f"1{between}234,50", f"-2{between}000{between}000"], None).values.tolist() == [1234.5, -2e6]
    assert amounts([f"1{between}234.567", "0.5"], None).values.tolist() == [1234.567, 0.5]


def test_refunds_of_what_was_never_bought_are_counted_apart(tmp_path: Path) -> None:
    rows = "a,2024-01-01,10\na,2024-01-02,-4\na,2024-01-03,-9\nb,2024-01-05,-5\nb,2024-01-06,7\n"
    log = read_log(written(tmp_path, HEADER + rows), Ways(refunds="net"), TODAY)
    assert log.amount.tolist() == [7.0]
    assert {(each.why, each.rows, each.first) for each in log.left} == {
        ("refund, taken off earlier purchases", 1, 3),
        ("refund of more than was bought before it", 2, 4),
        ("purchases given back entirely", 1, 3),
    }


def test_rows_that_are_there_twice_and_an_id_that_is_no_person_are_noticed(tmp_path: Path) -> None:
    rows = [f"c{at % 150},2024-{1 + at % 12:02d}-{1 + at % 28:02d},{at}.5" for at in range(300)]
    quiet = read_log(written(tmp_path, HEADER + "\n".join(rows) + "\n"), today=TODAY)
    assert quiet.noticed == ()
    rows += [f"shop-7,2024-{1 + at % 12:02d}-{1 + at % 28:02d},{at}" for at in range(1, 61)] + [rows[0]]
    log = read_log(written(tmp_path, HEADER + "\n".join(rows) + "\n"), today=TODAY)
    till, twice = log.noticed
    assert (till.rows, till.first) == (60, 302)
    assert "shop-7" not in till.why
    assert (twice.rows, twice.first) == (1, 362)
    assert log.until(log.last_day - 20).noticed == log.noticed


def test_rows_of_billing_periods_are_one_contract_and_a_long_pause_ends_it(tmp_path: Path) -> None:
    header = "customer_id,start,end,amount\n"
    rows = ["a,2024-01-01,2024-01-31,9", "a,2024-02-01,2024-02-29,11", "a,2024-03-01,,10",
            "b,2024-01-01,2024-01-31,9", "b,2024-04-01,,9"]  # fmt: skip
    found = read_subscriptions(written(tmp_path, header + "\n".join(rows) + "\n"), Contract(4), today=TODAY)
    assert found.start.tolist() == [found.first_day, found.first_day, found.first_day + 91]
    assert found.active == 2
    assert sorted(found.fee.tolist()) == [9.0, 9.0, 10.0]
    assert [(each.rows, each.first) for each in found.left] == [(2, 3)]
    assert [(each.rows, each.first) for each in found.noticed] == [(1, 6)]
    assert found.payments().noticed == found.noticed


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a,2024-02-01,,9", "a,2024-01-01,2024-02-15,9"], "log.csv:2:2: this begins on 2024-02-01, and the same"),
        (["a,2024-01-01,,9", "a,2024-02-01,,9"], "log.csv:3:2: this begins on 2024-02-01"),
        (["a,2024-01-01,,9", "a,2024-02-01,,9"], "the same customer's contract of line 2 has no end"),
        (["a,2024-01-01,,-9", "a,2024-02-01,,9"], "log.csv:2:4: amount is negative (-9)"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_contracts_is_told(rows: list[str], said: str, tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id,start,end,amount\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as caught:
        read_subscriptions(path, Contract(4), today=TODAY)
    assert said in str(caught.value)


def test_subscriptions_end_after_they_begin_and_need_a_fee(tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id,start,end\na,2024-01-01,2023-12-01\n")
    with pytest.raises(InputError, match="Say --fee"):
        read_subscriptions(path, Contract(4), today=TODAY)
    with pytest.raises(InputError, match=r"log.csv:2:3: the end 2023-12-01 lies before the start"):
        read_subscriptions(path, Contract(4, 10.0), today=TODAY)
    path = written(tmp_path, "customer_id,start,end\na,2024-01-01,2024-02-26\nb,2024-01-01,\nc,2024-01-03,\n")
    found = read_subscriptions(path, Contract(4, 10.0), today=TODAY)
    assert found.periods.tolist() == [2, 2, 1]
    assert len(found.payments().day) == 2 + 3 + 2
    left, staying = found.subscribers()
    assert left.tolist() == [0.0, 1.0]
    assert staying.tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["2024-W01,5,1"] * 13, "is there twice"),
        ([f"2024-W{week:02d},5,1" for week in range(1, 6)], "5 periods are too few"),
        ([f"2024-W{week:02d},-5,1" for week in range(1, 14)], "acquisition is negative (-5)"),
        ([f"2024-W{week:02d},5,1" for week in (*range(1, 8), *range(12, 20))], "some are missing"),
        ([f"2014-W{week:02d},5,1" for week in range(1, 20)], "hardly overlap the log"),
    ],
)
def test_what_is_wrong_with_spend_is_told(rows: list[str], said: str, tmp_path: Path) -> None:
    log = read_log(written(tmp_path, HEADER + "a,2024-01-01,5\na,2024-06-01,5\n"), today=TODAY)
    path = tmp_path / "spend.csv"
    path.write_text("period,acquisition,retention\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_spend(path, log)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("period,acquisition_search,acquisition search", "spend.csv:1:3: columns 'acquisition_search' and"),
        ("period,acquisition_tv,acquisition_tv", "spend.csv:1:3: the header has column 'acquisition_tv' twice"),
        ("period,acquisition,acquisition_by_itself", "spend.csv:1:3: a channel cannot be called by_itself"),
        ("period,marketing,retention", "Call the columns of this file period, acquisition or acquisition_CHANNEL"),
        ("when,acquisition,retention", "Call the columns of this file period"),
    ],
)
def test_columns_of_spend_are_told_apart_and_named_as_here(header: str, said: str, tmp_path: Path) -> None:
    log = read_log(written(tmp_path, HEADER + "a,2024-01-01,5\na,2024-06-01,5\n"), today=TODAY)
    path = tmp_path / "spend.csv"
    path.write_text("\n".join([header, *(f"2024-W{week:02d},5,1" for week in range(1, 20))]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_spend(path, log)
    assert said in str(caught.value)
    assert "--" not in str(caught.value)


def test_spend_may_be_written_in_another_way_than_the_log_and_advice_names_no_option_of_the_log(tmp_path: Path) -> None:
    text = "Kunde;Datum;Betrag\na;01.02.2024;5,5\na;31.05.2024;5,5\n"
    ways = Ways({"customer_id": "Kunde"}, "semicolon", "comma", "%d.%m.%Y")
    log = read_log(written(tmp_path, text), ways, TODAY)
    path, weeks = tmp_path / "spend.csv", range(5, 23)
    path.write_text("\n".join(["period,acquisition", *(f"2024-W{week:02d},1.5" for week in weeks)]), encoding="utf-8")
    assert read_spend(path, log).acquisition.sum() == 1.5 * len(weeks)
    path.write_text(
        "\n".join(["period,acquisition", *(f'2024-W{week:02d},"1,500"' for week in weeks)]), encoding="utf-8"
    )
    with pytest.raises(InputError, match="Write the amounts of this file with a point") as caught:
        read_spend(path, log)
    assert "--decimal" not in str(caught.value)


PIECES = [
    *(b"customer_id,date,amount\n", b"customer;date;amount\r\n", b"a,2024-01-01,5\n", b"b,03/04/2024,1.234,5\n"),
    *(
        b'"',
        b",",
        b";",
        b"\n",
        b"\r",
        b"\t",
        b"\0",
        b"'",
        b" ",
        b"\xef\xbb\xbf",
        b"\xff",
        "1\N{NO-BREAK SPACE}234".encode(),
    ),
    *(b"13/04/2024 10:15", b"2024-02-30", b"0001-01-01", b"99999999999999999999", b"1e400", b"-7", b"nan"),
]
FILES = some.one_of(
    some.binary(max_size=300),
    some.lists(some.one_of(some.sampled_from(PIECES), some.binary(max_size=3)), max_size=30).map(b"".join),
    some.lists(some.sampled_from(PIECES), max_size=30).map(lambda pieces: PIECES[0] + b"".join(pieces)),
)
WAYS = some.builds(
    Ways,
    separator=some.sampled_from([None, "comma", "semicolon"]),
    decimal=some.sampled_from([None, "point", "comma"]),
    date_format=some.sampled_from([None, "%d/%m/%Y", "%Y"]),
    refunds=some.sampled_from([None, "net", "drop"]),
    duplicates=some.sampled_from(["keep", "drop"]),
)


def read_or_refused(data: bytes, ways: Ways, path: Path) -> None:
    """Any bytes are a log, or an error in words; any other exception fails."""
    path.write_bytes(data)
    try:
        log = read_log(path, ways, TODAY)
    except InputError as error:
        assert str(error).isprintable() or "\n" in str(error)
        return
    assert len(log.day) == len(log.amount) > 0
    assert (log.amount > 0.0).all()


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FILES, WAYS)
def test_any_bytes_are_a_log_or_refused_in_words(tmp_path: Path, data: bytes, ways: Ways) -> None:
    read_or_refused(data, ways, tmp_path / "log.csv")


@pytest.mark.slow
def test_any_of_very_many_bytes_are_a_log_or_refused_in_words(tmp_path: Path) -> None:
    @settings(max_examples=20_000, deadline=None)
    @given(FILES, WAYS)
    def all_of_them(data: bytes, ways: Ways) -> None:
        read_or_refused(data, ways, tmp_path / "log.csv")

    all_of_them()
    count("inputs.logs", tried=20_000)
