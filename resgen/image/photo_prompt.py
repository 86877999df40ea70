"""Which prompts ask for a photograph, and what of. Called by `resgen.image.engine` and `photographer`; pure Python."""

import difflib
import re
from dataclasses import replace

from resgen.errors import RequestError
from resgen.image.prompt import Dictionary, Reading

_POLITE = "please|draw|paint|make|take|show|me|a|an|the|some|my|small"
_ENGLISH = re.compile(rf"^\W*(?:(?:{_POLITE})\s+)*(?:photo|photograph)s?\s+of\s", re.IGNORECASE)
_CHINESE = re.compile(r"^\s*照片[:：]|的?照片\s*$")
LIKE = 0.75  # from here on, of 1, a word is taken as a misspelling of another


def photo_of(text: str) -> str | None:
    """What a prompt asks for a photograph of, as "photo of a car" does; None if it asks for none."""
    for pattern in (_ENGLISH, _CHINESE):
        if pattern.search(text):
            return pattern.sub("", text)
    return None


class PhotoReader:
    """Reads prompts for a model that knows few things: a thing it does not know is taken for one it knows.

    Args:
        dictionary: the names it knows.
        thesaurus: of a model that knows more, with the keywords of each thing.
    """

    def __init__(self, dictionary: Dictionary, thesaurus: Dictionary):
        self.dictionary, self.thesaurus = dictionary, thesaurus
        self.known = set(dictionary.vocabulary)
        self.names = {phrase: e["name"] for e in dictionary.entries for phrase in (e["name"], *e["aliases"])}
        self.meant = {phrase: e for e in thesaurus.entries for phrase in (*e["aliases"], e["name"])}

    def read(self, text: str) -> Reading:
        """Understand a prompt; words without a thing of their own, such as colours, are left out.

        Raises:
            RequestError: it names nothing that is known, nor anything like it.
        """
        asked = photo_of(text)
        asked = text if asked is None else asked
        reading = self.dictionary.read(asked)
        words = tuple(word for word in reading.words if word in self.known)
        others = [word for word in reading.words if word not in self.known and word != "and"]
        if words or reading.avoid or not asked.strip():
            told = reading.told
            if others:
                told = (*told, f"Photographs know nothing of: {', '.join(dict.fromkeys(others))}.")
            return replace(reading, words=words, unknown=(), told=told)
        wider = self.thesaurus.read(asked).words
        # The whole phrase may be one thing, such as a fire engine; else its last words are, mostly.
        for phrase in (" ".join(wider), *reversed(wider)):
            name = self.nearest(phrase)
            if name:
                return Reading(tuple(name.split()), told=(f"Of {phrase} there are no photographs, but of {name}.",))
        shown = asked.strip() if len(asked) <= 40 else f"{asked.strip()[:40]}…"
        near = difflib.get_close_matches(" ".join(wider), self.names, 3, 0.5) or ["car", "horse", "sunflower"]
        raise RequestError(
            f"No photograph can be made of {shown!r}: only {len(self.dictionary.entries)} things are known in that "
            f"style, such as {', '.join(near)}. Choose another style, or one of these."
        )

    def nearest(self, phrase: str) -> str | None:
        """The known name that a phrase has among its keywords, as a poodle is a dog, or is spelt nearly as."""
        keywords = self.meant.get(phrase, {}).get("words", [])
        found = next((self.names[word] for word in keywords if word in self.names), None)
        if found is None:
            found = next(iter(difflib.get_close_matches(phrase, self.names, 1, LIKE)), None)
            found = found and self.names[found]
        return found
