"""Tests the promises of reading prompts: spelling, plurals, emoji, Chinese, and what is said about the rest."""

import pytest
from pictures import ENTRIES, make_dictionary

from resgen.image.prompt import ALPHABET, LETTERS, WORDS, Dictionary, Reading, plain


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return make_dictionary()


READINGS = {
    "SUN": "sun",
    "car": "automobile",  # alone, another name means the thing
    "the CARS": "automobile",
    "apple": "red apple",
    "red car": "red car",  # among others it stays as it is
    "Red-CAR!": "red car",
    "  red\tcar\n": "red car",
    "red cars": "red car",
    "buses": "bus",
    "Strawberries": "strawberry",
    "mice": "mouse",
    "bus": "bus",  # no plural
    "red çár": "red car",
    "red c\u0327a\u0301r": "red car",
    "please draw me a picture of the red car": "red car",
    "🚗": "automobile",
    "🚗🐈": "automobile cat",
    "red🚗now": "red automobile now",
    "☀️": "sun",
    "☀": "sun",
    "🕷": "spider",
    "🐻‍❄️": "polar bear",
    "🐻‍❄": "polar bear",
    "🐻": "bear",
    "汽车": "automobile",
    "红苹果": "red apple",
    "水果": "strawberry",  # where this keyword comes sooner than in another
    "公交车": "bus",  # its label, though a keyword of one before it
    "北极熊": "polar bear",  # not the bear in it
    "red 汽车": "red automobile",
    "car\x00\x1bcat\u200bdog": "car cat dog",
}


@pytest.mark.parametrize("text", READINGS, ids=ascii)
def test_prompts_are_understood(dictionary, text):
    assert " ".join(dictionary.read(text).words) == READINGS[text]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_every_thing_is_found_by_name_emoji_and_chinese_label(dictionary, entry):
    for text in (entry["name"], entry["name"].upper(), entry["emoji"], entry["chinese"][0]):
        assert dictionary.read(text).words == tuple(entry["name"].split()), text


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_other_names_mean_the_thing_and_keywords_are_read_as_they_are(dictionary, entry):
    others = {alias for entry in ENTRIES for alias in entry["aliases"]}
    assert {dictionary.read(alias).words for alias in entry["aliases"]} <= {tuple(entry["name"].split())}
    for keyword in set(entry["words"]) - others:
        assert dictionary.read(keyword).words == (keyword,)


def test_latin_letters_among_chinese_keywords_leave_english_words_whole(dictionary):
    assert any("id" in entry["chinese"] for entry in ENTRIES)
    assert dictionary.read("spider video").words == ("spider", "video")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2 pink cats", ("two", "pink", "cat")),
        ("三只紫色的猫", ("three", "purple", "cat")),
        ("猫和狗", ("cat", "and", "dog")),
        ("cat & dog", ("cat", "and", "dog")),
    ],
)
def test_colours_counts_and_pairs_are_understood(dictionary, text, words):
    reading = dictionary.read(text)
    assert (reading.words, reading.unknown, reading.dropped) == (words, (), ())


def test_misspelt_words_are_read_as_meant_and_unknown_ones_reported_once(dictionary):
    reading = dictionary.read("strawbery CAR zorbery zorbery")
    assert reading.words == ("strawberry", "car", "zorbery", "zorbery") and reading.unknown == ("zorbery",)
    assert "Read so: strawbery as strawberry." in reading.notices


@pytest.mark.parametrize("strange", ["кот", "قطة", "ねこ", "고양이", "γάτα", "龘"])
def test_other_scripts_are_reported_as_dropped(dictionary, strange):
    reading = dictionary.read(f"{strange} sun {strange}")
    assert (reading.words, reading.unknown) == (("sun",), ())
    assert "".join(reading.dropped).startswith(strange[:1])
    assert dictionary.read(strange).words == ()


@pytest.mark.parametrize("unread", ["🤖", "æ", "Ł"])
def test_nothing_is_left_out_silently(dictionary, unread):
    reading = dictionary.read(f"sun {unread}")
    assert reading.dropped == (unread,) or len(reading.words) == 2


@pytest.mark.parametrize("text", ["ｃａｔ", "phế", "ﬁsh"])
def test_what_is_read_is_not_reported_as_dropped(dictionary, text):
    reading = dictionary.read(text)
    assert reading.words == (plain(text),) and reading.dropped == ()


@pytest.mark.parametrize("text", ["", "  \n", "?!", "\ufe0f", "\x00\x07", "a the please"], ids=ascii)
def test_nothing_to_read_is_an_empty_reading(dictionary, text):
    assert dictionary.read(text) == Reading(())


def test_of_many_words_those_it_knows_come_first_and_in_order(dictionary):
    text = " ".join(["sun", *(f"w{i}" for i in range(200)), "car", "dog"])
    reading = dictionary.read(text)
    assert reading.words == ("sun", "w0", "w1", "w2", "w3", "w4", "car", "dog")
    assert reading.unknown == ("w0", "w1", "w2", "w3", "w4")
    assert reading.dropped == tuple(f"w{i}" for i in range(5, 200))


def test_too_many_known_words_are_cut_at_the_end(dictionary):
    known = ["red", "car", "cat", "dog", "bus", "sun", "mouse", "bear", "fruit", "pet"]
    reading = dictionary.read(" ".join(["zorb", *known, "кот"]))
    assert reading.words == tuple(known[:WORDS]) and reading.dropped == ("zorb", "fruit", "pet", "кот")


@pytest.mark.parametrize("count", [0, 1, 3, WORDS])
def test_encodings_are_padded_with_zeros(dictionary, count):
    words = ("red", "zorb", "car", "cat", "dog", "bus", "sun", "bear")[:count]
    numbers, letters = dictionary.encode(words)
    assert len(numbers) == len(letters) == WORDS
    assert {len(row) for row in letters} == {LETTERS}
    assert [number > 0 for number in numbers] == [word != "zorb" for word in words] + [False] * (WORDS - count)
    spelt = ["".join(ALPHABET[n - 1] for n in row if n) for row in letters]
    assert spelt == [*words, *[""] * (WORDS - count)]
    assert all(row[len(word) :] == [0] * (LETTERS - len(word)) for row, word in zip(letters, words, strict=False))


def test_every_word_has_a_number_of_its_own_and_long_ones_are_cut(dictionary):
    numbers = [dictionary.encode((word,))[0][0] for word in dictionary.vocabulary]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert dictionary.encode(("z" * 40,)) == dictionary.encode(("z" * LETTERS,))


def test_what_any_text_is_read_as_can_be_encoded(dictionary):
    for text in ("Ünïcödé²", "½ ⅷ ™ ß ŉ", "1st 2nd", "İstanbul", "e\u0301\u0302", "\ud800 x", "🐻‍❄️" * 30, "猫" * 200):
        numbers, letters = dictionary.encode(dictionary.read(text).words)
        assert (len(numbers), len(letters)) == (WORDS, WORDS), text


def test_a_held_out_name_gives_no_vocabulary_but_can_be_asked_for(dictionary):
    assert not {"fire", "engine", "truck"} & set(dictionary.vocabulary)
    assert {"red", "apple", "coach", "arctic"} <= set(dictionary.vocabulary)
    assert dictionary.read("🚒") == Reading(("fire", "engine"), unknown=("fire", "engine"))
    assert "fire engine" in dictionary.names


def test_completions_are_sorted_and_without_doubles(dictionary):
    completions = dictionary.completions()
    assert completions == sorted(set(completions))
    assert {"automobile", "car", "vehicle", "fire engine", "polar bear", "white"} <= set(completions)


def test_the_source_makes_the_same_dictionary(dictionary):
    again = Dictionary(dictionary.source)
    assert again.vocabulary == dictionary.vocabulary
    assert again.read("🚗 红苹果 cats") == dictionary.read("🚗 红苹果 cats")


def test_an_empty_dictionary_reads_all_words_as_unknown():
    assert Dictionary("[]").read("zorb 车 🚗") == Reading(("zorb", "car", "car"), ("zorb", "car"))


def test_plain_words_are_lower_case_without_accents():
    assert plain("Crème  Brûlée: the cat’s 1st pâté") == "creme brulee the cats 1st pate"
    assert plain("") == ""
