"""What a file of evidence is, by its content: its name may say anything."""

from dataclasses import dataclass

MOST_BYTES = 10 * 1024 * 1024
STARTS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}


@dataclass(frozen=True)
class FileType:
    """A type that evidence may have."""

    media_type: str
    ending: str


def type_of(content: bytes) -> FileType | None:
    """Return what a file is; None for anything that evidence may not be, an empty file included."""
    for start, (media_type, ending) in STARTS.items():
        if content.startswith(start):
            return FileType(media_type, ending)
    return FileType("text/plain", "txt") if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(each >= " " or each in "\n\r\t\f" for each in text)
