"""The first Ctrl-C is noted while a search runs; the second one leaves."""

import signal
from collections.abc import Iterator

import pytest

from aegis_cli.cli._stopping import stopped_by_ctrl_c
from aegis_cli.model.text import Language


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("language", "told"), [(Language.EN, "press Ctrl-C again"), (Language.KO, "한 번 더")]
)
def test_the_first_ctrl_c_is_noted_and_told(
    language: Language, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with stopped_by_ctrl_c(language) as is_stopped:
        before = is_stopped()
        signal.raise_signal(signal.SIGINT)
        after = is_stopped()

    assert (before, after) == (False, True)
    assert told in capfd.readouterr().err


def test_the_second_ctrl_c_leaves_at_once() -> None:
    with stopped_by_ctrl_c(Language.EN):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("presses", [0, 1])
def test_afterwards_ctrl_c_means_what_it_meant_before(presses: int) -> None:
    with stopped_by_ctrl_c(Language.EN):
        for _ in range(presses):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_nobody_pressed_anything() -> None:
    with stopped_by_ctrl_c(Language.EN) as is_stopped:
        assert not is_stopped()
