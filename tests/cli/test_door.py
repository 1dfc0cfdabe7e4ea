"""The door: words in any order, faults on one line that steers no terminal, exit codes."""

from __future__ import annotations

import argparse
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.cli import COMMANDS, main
from winnow.errors import InputError, shown


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_command_takes_options_and_words_in_any_order(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No parser refuses to mix them, and each prints its help under its own name."""
    parser = argparse.ArgumentParser(prog=verb, exit_on_error=False)
    importlib.import_module(f"winnow.cli.{COMMANDS[verb][0]}").configure(parser)
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        parser.parse_intermixed_args(["--no-such-option"])
    capsys.readouterr()
    assert main([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: winnow {verb} ")


@pytest.mark.parametrize(
    "words",
    [
        ["s1", "cnki", "a.txt", "b.txt", "--hits", "2", "--date", "2025-01-31"],
        ["s1", "cnki", "--hits", "2", "--date", "2025-01-31", "a.txt", "b.txt"],
        ["s1", "cnki", "a.txt", "--hits", "2", "b.txt", "--date=2025-01-31"],
        ["--hits", "2", "--date", "2025-01-31", "s1", "cnki", "a.txt", "b.txt"],
    ],
)
def test_files_may_stand_before_between_and_after_options(words: list[str]) -> None:
    """``winnow add`` understands the same whatever the order."""
    parser = argparse.ArgumentParser()
    importlib.import_module("winnow.cli.add").configure(parser)
    given_words = parser.parse_intermixed_args(words)
    assert (given_words.search, given_words.source, given_words.hits) == ("s1", "cnki", 2)
    assert [path.name for path in given_words.files] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), (["--version"], 0), (["--help"], 0), (["no-such-verb"], 2), (["--"], 2)]
)
def test_what_is_no_command_has_the_exit_code_of_its_kind(words: list[str], code: int) -> None:
    """Help and version are no errors; anything else that names no command is a usage error."""
    assert main(words) == code


@given(text=st.text(max_size=60))
def test_no_words_of_others_steer_the_terminal(text: str) -> None:
    """Whatever a server or a file says, the error is one line of printable signs, and printable words stay as they are."""
    line = InputError(text, where=text, mend=text).line
    assert line.isprintable()
    assert shown("王东: Ünïcode 12 % \U0001f600") == "王东: Ünïcode 12 % \U0001f600"


def test_steering_signs_are_spelt_out() -> None:
    """An escape sequence, a turn of direction and half a character can be seen and do nothing."""
    assert shown("a\x1b[2Jb\u202ec\ud800d\x00") == r"a\x1b[2Jb\u202ec\ud800d\x00"
