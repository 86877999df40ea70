"""Tests the promises of text handling: no word lost, sounds given by hand, what cannot be read is said so."""

import json
import random
import re
from pathlib import Path

import pytest

from resgen.errors import RequestError
from resgen.speech.phonemes import MOST_LETTERS, Alphabet, Reader, clean, split

SYMBOLS = ';:,.!?—…"()“” AIOQSTWYᵊabdefhijklmnopstuvwzɑɐæɔðʤəɛɜɡɪŋɹɾʃʧʊʌʒʔθˈˌᵻ'
ALPHABET = Alphabet(json.dumps({symbol: index + 1 for index, symbol in enumerate(SYMBOLS)}, ensure_ascii=False))
HARVARD = Path(__file__).parents[1] / "resgen" / "evaluation" / "speech" / "harvard.txt"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ALPHABET)


def random_text(seed: int) -> str:
    """Words, numbers, quotes, dashes, abbreviations and blanks of all kinds in any order."""
    draw = random.Random(seed)
    pieces = ["Dr.", "the", "J. K.", "cat's", "$5.50", "well-known", "U.S.", "3 kg", "at 7:30 pm", "“Hi,”", "(yes)"]
    pieces += ["No. 5", "e.g.", "a", "I.", "WORD", "x" * 50, "café", "—", "--", "...", "wait…", "1,000", "&", "'tis"]
    ends = [" ", " ", " ", "  ", ". ", "! ", "? ", ", ", "; ", ".\n", "\n\n", ".” ", "\t"]
    return "".join(draw.choice(pieces) + draw.choice(ends) for _ in range(draw.randint(1, 120)))


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("seed", range(40))
def test_splitting_loses_nothing_and_keeps_the_order(seed):
    text = random_text(seed)
    parts = split(text)
    assert without_blanks("".join(parts)) == without_blanks(text)
    assert all(0 < len(part) <= MOST_LETTERS for part in parts)


@pytest.mark.parametrize("seed", range(12))
def test_every_word_of_a_text_is_pronounced(reader, seed):
    words = re.findall(r"[a-z']{2,}", " ".join(random.Random(seed).sample(HARVARD.read_text().lower().split(), 60)))
    text = " ".join(words)
    said = [word for sentence in reader.read(text)[0] for word in reader.pronounce(sentence).words]
    assert [word.text for word in said] == words
    assert all(word.end > word.start for word in said)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello there. How are you?", ["Hello there.", "How are you?"]),
        ("Dr. Smith met J. K. Rowling. They left.", ["Dr. Smith met J. K. Rowling.", "They left."]),
        ("It was me and I. He left.", ["It was me and I.", "He left."]),
        ("“Go!” she said. “Now.” He went.", ["“Go!” she said.", "“Now.”", "He went."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
        ("A title\nA line", ["A title", "A line"]),
        ("It cost 3.50 in the U.S. today.", ["It cost 3.50 in the U.S. today."]),
    ],
)
def test_sentences_end_where_they_end(text, sentences):
    assert split(text) == sentences


def test_long_sentences_are_cut_between_clauses_then_between_words():
    clauses = "I went to the shop, " * 30
    assert all(part.endswith("shop,") for part in split(clauses))
    words = "word " * 100
    assert all(set(part.split()) == {"word"} for part in split(words))
    assert "".join(split("a" * 20_000)) == "a" * 20_000


def test_the_sound_of_a_word_can_be_given(reader):
    (sentence,), _ = reader.read("I say [resgen](/ɹˈɛzʤɛn/), you see.")
    said = reader.pronounce(sentence)
    assert "ɹˈɛzʤɛn," in said.phonemes
    assert [word.text for word in said.words] == ["I", "say", "resgen,", "you", "see."]


@pytest.mark.parametrize("given", ["[a](/§/)", "[a](/12/)", "[a](/жа/)", "[a](/ˈ/)", "[a](//)"])
def test_what_is_no_phoneme_is_named(reader, given):
    with pytest.raises(RequestError, match="cannot be spoken"):
        reader.read(f"Hello {given}.")


def test_phonemes_lie_where_their_words_say(reader):
    said = reader.pronounce("Two blue fish swam — in the tank!")
    assert [said.phonemes[word.start : word.end] for word in said.words][:2] == ["tˈu", "blˈu"]
    assert " ".join(said.phonemes[word.start : word.end] for word in said.words) == said.phonemes


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("$5.50", "five dollars and fifty cents"),
        ("3 kg", "three kilograms"),
        ("50%", "fifty percent"),
        ("May 3rd", "May third"),
        ("7:30 pm", "seven thirty P.M."),
    ],
)
def test_numbers_money_and_times_are_read_as_one_says_them(reader, written, spoken):
    assert reader.pronounce(written).phonemes == reader.pronounce(spoken).phonemes.rstrip(".")


@pytest.mark.parametrize("sentence", ["My sister is Jan.", "She got a B.", "“I live in the U.S.”", "He said no."])
def test_a_full_stop_is_heard_behind_what_could_be_shortened(reader, sentence):
    said = reader.pronounce(sentence)
    assert said.phonemes.rstrip("”").endswith(".") and said.words[-1].end == len(said.phonemes)


def test_pictures_are_left_out_with_a_notice(reader):
    sentences, notices = reader.read("I like it 😀👍🏽 a lot ☀️.")
    assert without_blanks("".join(sentences)) == "Ilikeitalot."
    assert len(notices) == 1
    assert "😀" in notices[0] and "☀" in notices[0]


def test_a_plain_text_has_no_notices():
    assert clean("Café, naïve — “quotes” & 100%: it's 20° in the sun…") == (
        "Café, naïve — “quotes” & 100%: it's 20° in the sun…",
        [],
    )


@pytest.mark.parametrize("text", ["привет", "你好!", "שלום", "مرحبا", "γειά", "नमस्ते", "123 привет 5"])
def test_a_text_in_another_script_is_refused_and_the_script_named(reader, text):
    with pytest.raises(RequestError, match="This voice reads English; it cannot read") as error:
        reader.read(text)
    assert re.search(r"[^\x00-\x7f]", text)[0] in str(error.value)


@pytest.mark.parametrize(
    ("written", "read", "left_out"),
    [
        ("Hello 你好 world", "Hello world", "你好"),
        ("The word Привет means hello.", "The word means hello.", "Привет"),
        ("He said 龙 and 龙.", "He said and.", "龙"),
        ("A नमस्ते to all.", "A to all.", "नमस्ते"),
    ],
)
def test_words_of_another_script_are_left_out_with_a_notice(reader, written, read, left_out):
    (sentence,), (notice,) = reader.read(written)
    assert " ".join(word.text for word in reader.pronounce(sentence).words) == read
    assert notice == f"Left out, for this voice reads English: {left_out}"


def test_digits_and_letters_of_other_forms_are_read(reader):
    assert reader.read("٣ cats, Ｂ and 𝐁𝐨𝐥𝐝") == (["3 cats, B and Bold"], [])


@pytest.mark.parametrize("text", ["$", "€", "£ $", "∞", "π", "½", "#", "=", "‰"])
def test_a_sign_with_a_name_is_spoken_alone(reader, text):
    (sentence,), notices = reader.read(text)
    assert reader.pronounce(sentence).phonemes and not notices


def test_markup_is_left_out_with_a_notice(reader):
    (sentence,), (notice,) = reader.read("Mix <b>bold</b> words.[^1]")
    assert sentence == "Mix bold words."
    assert notice == "Left out, as it is markup: <b> </b> [^1]"


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "😀", "— —", "\n\n", "\u200b", '""'])
def test_nothing_to_say_is_said(reader, text):
    with pytest.raises(RequestError, match="nothing to say"):
        reader.read(text)


@pytest.mark.parametrize("text", ["A", "I", "a", "7", "x", "&", "é"])
def test_one_letter_is_spoken(reader, text):
    (sentence,), _ = reader.read(text)
    assert reader.pronounce(sentence).phonemes


def test_direction_marks_and_joiners_do_not_matter(reader):
    marked = "\u202bHello\u202c \u2066there\u2069.\ufeff"
    assert reader.read(marked)[0] == ["Hello there."]


def test_a_lone_surrogate_does_not_break_it(reader):
    assert reader.read("Hello \ud83d there.")[0] == ["Hello there."]


def test_ids_stand_between_marks_of_silence():
    assert ALPHABET.encode("ab") == [0, ALPHABET.ids["a"], ALPHABET.ids["b"], 0]
