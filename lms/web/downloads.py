"""Tables to take along."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from lms.core.spreadsheets import csv_rows, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_response(
    name: str, file_format: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """Return a table as a file to save.

    Args:
        name: Of the file, without its ending.
        file_format: "csv", which streams, or "xlsx", which is made in memory.
        header: Titles of the columns.
        rows: May be a generator.

    Raises:
        ValueError: There is no such format; a view answers 404 before it comes here.
    """
    response: HttpResponseBase
    if file_format == "csv":
        response = StreamingHttpResponse(csv_rows(header, rows), content_type="text/csv; charset=utf-8")
    elif file_format == "xlsx":
        response = HttpResponse(write_xlsx(header, rows), content_type=XLSX)
    else:
        raise ValueError(f"There is no table format named {file_format}.")
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{file_format}")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
