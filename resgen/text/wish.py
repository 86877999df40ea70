"""What a person asks for, in a sentence or in key words, understood: how the story begins, the words of its topic, and
what is not to come in it. Called by `resgen.text.request`; pure Python.
"""

import re
import unicodedata
from dataclasses import dataclass

from resgen import cldr
from resgen.text.keywords import MOST_TOPIC_WORDS, topic_words
from resgen.text.names import may_be_name
from resgen.text.sentences import FUNCTION_WORDS, stem

MOST_ASKED = 400  # characters of a sentence that asks for a story; what is longer is a story's beginning
_NAME = r"(?:(?:Mr|Mrs|Ms|Dr|Miss|Captain|Sir|Lady|Princess|Prince|King|Queen)\.? (?=[A-Z]))?[^\W\d_][\w'’-]*"
_VERB = "write|tell|make up|make|create|generate|give|compose|invent|do|need|want|like"
_ASKED = re.compile(
    rf"""\s*(?:(?:hi|hello|hey|ok|please|pls)[\s,!]+)*
    (?:(?:can|could|would|will)\ (?:you|i)\ |i(?:'d|\ would)?\ |let'?s\ )?(?:please\ )?(?:have\ )?
    (?:(?P<verb>{_VERB})\b\ ?)?(?:(?:for\ )?(?:me|us)\ )?(?:to\ (?:write|tell)\ (?:me\ )?)?
    (?:(?P<article>an?|another|one|the|some|my)\ )?(?P<kind>(?:[\w-]+\ ){{0,4}}?)
    (?:story|stories|tale|tales|fairy\ ?tale|fable|poem|adventure)\b
    [\s,:-]*(?P<link>about|of|on|with|featuring|where|in\ which|starring|involving|for|that\ has|which\ has)?\b
    (?P<rest>.*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ASKED_ABOUT = re.compile(
    r"\s*(?:please )?(?P<verb>write|tell me)(?: something)? about\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ASKED_IN_CHINESE = re.compile(
    r"\s*(?:请|帮我|给我)*[写讲说来](?:一?[个篇则段])?(?:关于)?(?P<rest>.*?)的?故事[。！!]?\s*"
)
_NAMED = re.compile(
    rf"(?P<who>(?:[\w-]+ ){{1,4}}?)(?:who (?:is|are) |that (?:is|are) )?"
    rf"(?:called|named|whose names? (?:is|are)|with the names?|by the name of) "
    rf"(?P<name>{_NAME}(?:(?:, and | and |, )(?=[A-Z]){_NAME})*)"
)
# Who has a name right behind: my daughter Niamh, two brothers, Bjorn and Leif.
_PEOPLE = """girl boy child kid daughter son sister brother baby princess prince king queen knight man woman mother
father mom mum dad aunt uncle grandma grandpa friend witch wizard teacher cousin twin hero girls boys children kids
daughters sons sisters brothers friends twins cousins cat dog rabbit bear fox mouse horse dragon owl robot puppy
kitten"""
_RELATED = re.compile(rf"\b({'|'.join(_PEOPLE.split())}),? (?=([A-Z][a-zà-ÿ'’-]+))")
_LONE_NAME = re.compile(r"(?:(?<=^)|(?<=[,;])|(?<=[,;] ))[A-Z][a-zà-ÿ]+(?=$|\s*[,;])")
_ABOUT_NAME = re.compile(r"\s*(?P<names>[A-Z][a-zà-ÿ]+(?:(?:, and | and |, )[A-Z][a-zà-ÿ]+)*)(?![\w'’-])")
_NOT = re.compile(
    r"\b(?:without|with no|but no|but not|and no|no|not|never|avoid|except|instead of|don'?t (?:use|mention|include))\b"
    r"(?P<what>[^,.;!?\n]*?)(?=$|[,.;!?\n]|\b(?:but|with|about|in|on)\b)",
    re.IGNORECASE,
)
# What is said of stories and what joins things, beside the function words of stories themselves.
_SAID = FUNCTION_WORDS | frozenset(
    """a an in on of at to by as is it be am so no or he she we us me my i if please story stories tale short long funny
    between featuring involving called named name who's ones kids children's happens happened happy-ending bedtime
    lot lots kind please words page pages paragraph paragraphs""".split()  # noqa: SIM905
)
COUNTS = {2: "two", 3: "three", 4: "four"}
_POLITE = {"please", "thanks", "thank you", "pls"}
_ARTICLE = re.compile(r"^(?:an?|the|some|my|his|her)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """The story's beginning, the words of its topic, those that are not to come in it, and what is to be told."""

    prompt: str
    words: list[str]
    avoid: list[str]
    notices: tuple[str, ...]

    @property
    def topic(self) -> str:
        """What gives the same words again."""
        return ", ".join([*self.words, *(f"no {word}" for word in self.avoid)])


def understood(prompt: str, topic: str) -> Wish:
    """A prompt that asks for a story is taken as its topic; topics in sentences, emoji or Chinese as their key words.

    Raises:
        RequestError: too many key words.
    """
    notices = []
    topic = topic if (asked := _asked_for(topic)) is None else asked
    asked = _asked_for(prompt)
    if asked is not None:
        prompt, topic = "", ", ".join(filter(None, [topic, asked]))
    wanted, unwanted = _without_negated(_with_names(cldr.in_english(topic), asked is not None))
    opening = _opening(wanted) if not prompt.strip() else ""
    wanted = _NAMED.sub(lambda found: f"{found['who']} ", wanted) if opening else wanted
    strange: list[str] = []
    words = _key_words(topic_words(wanted), strange)
    avoid = list(dict.fromkeys(stem(word) for word in _key_words(topic_words(", ".join(unwanted)), strange)))
    words = [word for word in words if word not in avoid]
    if len(words) > MOST_TOPIC_WORDS:
        notices.append(
            f"A topic has at most {MOST_TOPIC_WORDS} words; left out: {', '.join(words[MOST_TOPIC_WORDS:])}."
        )
        words = words[:MOST_TOPIC_WORDS]
    if asked is not None:
        notices.append(f"Taken as what it is to be about: {', '.join(words) or 'nothing in particular'}.")
    if avoid:
        notices.append(f"Does not come in it: {', '.join(avoid)}.")
    if strange:
        notices.append(f"Left out, for no story has read such words: {', '.join(dict.fromkeys(strange))}.")
    return Wish(opening or prompt, words, avoid, tuple(notices))


def _asked_for(prompt: str) -> str | None:
    """What a prompt that asks for a story wants it to be about; None for the beginning of one."""
    if len(prompt) > MOST_ASKED:
        return None
    about = _ASKED_ABOUT.fullmatch(prompt) or _ASKED_IN_CHINESE.fullmatch(prompt)
    if about:
        return about["rest"].strip(" .!?\n")
    asked = _ASKED.fullmatch(prompt)
    if asked is None:
        return None
    by_article = (asked["article"] or "").lower() in ("a", "an", "another", "some")
    plainly = asked["link"] and (by_article or not asked["article"] and asked["kind"].count(" ") < 2)
    if asked["link"] is None and asked["rest"].strip(" .!?,\n") and not asked["rest"].lstrip().lower().startswith("no"):
        return None
    return asked["rest"].strip(" .!?\n") if asked["verb"] or plainly else None


def _without_negated(topic: str) -> tuple[str, list[str]]:
    """A topic without what it does not want, and that."""
    unwanted = [part for found in _NOT.finditer(topic) for part in re.split(r"\b(?:and|or|nor)\b", found["what"])]
    return _NOT.sub("", topic), unwanted


def _with_names(topic: str, asked: bool) -> str:
    """my daughter Niamh -> my daughter named Niamh; and, of what a sentence asks for, Zara -> a child named Zara."""
    topic = _RELATED.sub(lambda found: f"{found[1]} named " if may_be_name(found[2]) else found[0], topic)
    if not asked and re.search(r"(?:^|[,;]\s*)[a-z]", topic):  # one of the key words has a capital letter
        topic = _LONE_NAME.sub(lambda found: f"a child named {found[0]}" if may_be_name(found[0]) else found[0], topic)
    found = _ABOUT_NAME.match(topic)
    names = re.split(r", and | and |, ", found["names"]) if found else []
    if not asked or not found or not all(map(may_be_name, names)):
        return topic
    who = "a child" if len(names) == 1 else f"{COUNTS.get(len(names), 'some')} friends"
    return f"{who} named {found['names']}{topic[found.end() :]}"


def _opening(topic: str) -> str:
    """The first sentence of a story about who is called by a name, which no key word could be; "" if nobody is."""
    people = []
    for found in _NAMED.finditer(topic):
        who = " ".join(word for word in found["who"].split() if word.lower() not in ("about", "and", "with", "is"))
        who = _ARTICLE.sub("", who) or "child"
        who = re.sub(r"\b(daughter|son)(?=s?$)", lambda child: {"daughter": "girl", "son": "boy"}[child[0]], who)
        name = found["name"] if not found["name"].islower() else found["name"].capitalize()
        several = who.split()[0] in (*COUNTS.values(), "some") or " and " in name
        article = "" if several else "an " if who[0].lower() in "aeiou" else "a "
        people.append((f"{article}{who} named {name}", several))
    verb = "were" if people and people[0][1] else "was"
    return f"Once upon a time, there {verb} {' and '.join(who for who, _ in people)}." if people else ""


def _key_words(phrases: list[str], strange: list[str]) -> list[str]:
    """Of each phrase the words that say what it is about; those that no story has read come to `strange`."""
    words = []
    for phrase in phrases:
        bare = _ARTICLE.sub("", phrase)
        known = bare in _names()
        for word in (
            [bare] * (bare not in _POLITE)
            if known or bare in _POLITE
            else re.findall(r"[\w'’-]+|[^\w\s.!?'\"()-]+", bare)
        ):
            if _is_read(word):
                if known or len(phrase.split()) == 1 or word not in _SAID:
                    words.append(word.removesuffix("'s").removesuffix("’s"))
            elif any(unicodedata.category(letter) in ("Lo", "Ll", "Lu", "So", "Sm") for letter in word):
                strange.append(word)
    return list(dict.fromkeys(words))


def _names() -> set[str]:
    return {name for entry in cldr.entries() for name in (entry.name, *entry.aliases) if " " in name}


def _is_read(word: str) -> bool:
    """Whether a word is of letters that stories are written in, or a number."""
    return any(letter.isalnum() for letter in word) and all(letter < "\u0250" or letter == "’" for letter in word)
