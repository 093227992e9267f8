"""Markup of strangers as plain text: what it says, in lines, without anything it could do."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split()
)
SILENT = frozenset({"script", "style", "template", "title", "noscript", "iframe", "object", "svg"})
TAG = re.compile(r"<[A-Za-z/!]")
BLANKS, LINES = re.compile(r"[^\S\n]+"), re.compile(r" ?\n[ \n]*")
LONGEST = 1_000_000


class _Words(HTMLParser):
    """Collects the words, and a line's end wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in SILENT:
            self.silent.append(tag)
        elif tag in BLOCKS:
            self.words.append("\n• " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            self.silent.remove(tag)
        elif tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(BLANKS.sub(" ", data.replace("\n", " ")))


def plain(text: str) -> str:
    """What people read in it. Text without any tag stays as it is."""
    if not TAG.search(text):
        return text
    reader = _Words()
    reader.feed(text[:LONGEST])
    reader.close()
    return LINES.sub("\n", "".join(reader.words)).strip()
