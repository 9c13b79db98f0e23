from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.tables import BadRow, Row
from vitrine.errors import DataError


def rows(path: Path) -> list[Row | BadRow]:
    return [*read_delimited(path).rows]


def cells(path: Path) -> list[list[str]]:
    return [
        [str(c).strip() for c in row.cells.values()] for row in rows(path) if isinstance(row, Row)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(write: Callable[..., Path], delimiter: str, ending: str) -> None:
    lines = [["id", "title"], ["1", f'"a{delimiter}b"'], ["2", "c"]]
    path = write("t.csv", ending.join(delimiter.join(line) for line in lines))
    assert cells(path) == [["1", f"a{delimiter}b"], ["2", "c"]]
    assert [row.line for row in rows(path)] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(write: Callable[..., Path], encoding: str) -> None:
    path = write("t.csv", "id,title\n1,Crème brûlée €5\n".encode(encoding))
    assert read_header(path) == ["id", "title"]
    assert cells(path) == [["1", "Crème brûlée €5"]]


def test_a_stray_byte_spoils_no_other_line(write: Callable[..., Path]) -> None:
    path = write("t.csv", "id,title\n1,日本\n2,".encode() + b"caf\xe9 \x81\n")
    assert cells(path) == [["1", "日本"], ["2", "café \x81"]]
    assert "\ufffd" not in str(rows(path))


def test_lines_are_counted_through_quoted_line_breaks(write: Callable[..., Path]) -> None:
    path = write("t.csv", 'id,title\n1,"two\nlines"\n\n2,x\n3,y,z\n')
    assert [row.line for row in rows(path)] == [2, 5, 6]
    assert cells(path) == [["1", "two\nlines"], ["2", "x"]]


def test_an_open_quote_does_not_swallow_the_rest(write: Callable[..., Path]) -> None:
    path = write("t.csv", 'id,title\n1,"open\n2,x\n3,"y"\n4,"5" heel"\n')
    assert cells(path) == [["1", "open"], ["2", "x"], ["3", "y"], ["4", '5 heel"']]


def test_too_few_and_too_many_cells(write: Callable[..., Path]) -> None:
    path = write("t.csv", "id,title\n1\n2,a,b\n3,c,,\n")
    assert [row.reason for row in rows(path) if isinstance(row, BadRow)] == [
        "1 cells where the header has 2",
        "3 cells where the header has 2",
    ]
    assert cells(path) == [["3", "c"]]


def test_header_names_become_unique_and_excel_may_declare_its_delimiter(
    write: Callable[..., Path],
) -> None:
    path = write("t.csv", "sep=;\nid; ;image;image\n1;2;3;4\n")
    assert read_header(path) == ["id", "column 2", "image", "image 4"]


def test_an_empty_table_is_an_error(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="is empty"):
        read_delimited(write("t.csv", " \n\n"))
    with pytest.raises(DataError, match="cannot read"):
        read_delimited(write("t.csv", "").parent)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), texts, texts), max_size=6), st.sampled_from(",;\t|"))
def test_what_the_csv_module_writes_is_read_back(
    write: Callable[..., Path], table: list[tuple[int, str, str]], delimiter: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "title", "description"), *table])
    read = [
        [*row.cells.values()]
        for row in rows(write("t.csv", out.getvalue()))
        if isinstance(row, Row)
    ]
    assert read == [[str(number), *words] for number, *words in table]
