"""Read what a client sends to be checked.

The contribution is kept as the bytes it is: what it means is for a process that may be lost.
"""

from dataclasses import dataclass
from io import BytesIO

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from .protocol import FORM, decode

MULTIPART = "multipart/form-data"
_ENVELOPE = 16 * 1024  # bytes of a form beside the contribution
_PARTS = 10
_LONGEST_BOUNDARY = 70  # characters (RFC 2046, section 5.1.1)


@dataclass(frozen=True, slots=True)
class UploadedForm:
    """The fields of a form: texts, and files with their names."""

    texts: MultiDict[str, str]
    files: MultiDict[str, FileStorage]


def read_body(limit: int) -> bytes:
    """Read the body, or raise `RequestEntityTooLarge`."""
    request.max_content_length = limit
    return request.get_data(cache=False)


def read_form(limit: int) -> UploadedForm:
    """Read a form with a contribution of up to `limit` bytes; `HTTPException` if it is none."""
    if request.mimetype == FORM:
        # A form's percent signs can make a text three times as long as it is.
        return UploadedForm(
            MultiDict(decode(read_body(3 * limit + _ENVELOPE), "form")), MultiDict()
        )
    if len(request.mimetype_params.get("boundary", "")) > _LONGEST_BOUNDARY:
        raise BadRequest(f"The boundary of a form has at most {_LONGEST_BOUNDARY} characters.")
    content = read_body(limit + _ENVELOPE)
    parser = FormDataParser(
        # In memory, always: a contribution is not written to disk.
        stream_factory=lambda *_, **__: BytesIO(),
        max_form_memory_size=limit + _ENVELOPE,
        max_form_parts=_PARTS,
        silent=False,
    )
    try:
        _, texts, files = parser.parse(
            BytesIO(content), MULTIPART, len(content), request.mimetype_params
        )
    except RequestEntityTooLarge as fault:  # its size is known to be small enough
        raise BadRequest(f"A form has at most {_PARTS} parts: this one has more.") from fault
    except ValueError as fault:
        raise BadRequest("The form cannot be read: send it as a browser does.") from fault
    return UploadedForm(texts, files)
