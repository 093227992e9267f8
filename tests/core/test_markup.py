"""Markup of strangers becomes its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core.markup import plain


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("Plays well. 5 < 6 & more", "Plays well. 5 < 6 & more"),
        ("<p><b>Can</b>: Future\n  Days</p><ul><li>LP</li><li>1973</li></ul>", "Can: Future Days\n• LP\n• 1973"),
        ('<p onclick="steal()">Original.</p><script>alert(1)</script><img src=x onerror=alert(1)>', "Original."),
        ("<style>p { color: red }</style>A<br>B<br><br>C &lt;b&gt; &eacute;", "A\nB\nC <b> é"),
        ("<script>never closed", ""),
        ("<svg><script>x</script>still inside</svg>out<!-- a comment -->", "out"),
    ],
)
def test_what_it_says_is_kept_and_nothing_else(markup: str, words: str) -> None:
    assert plain(markup) == words


@given(st.text(alphabet="<>/!-ab script&;\"' =", max_size=60))
def test_no_markup_breaks_it(text: str) -> None:
    assert isinstance(plain(text), str)
