"""The voices: how each sounds, and who teaches it. Called by the engine, the page and whoever makes training data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """One voice.

    Fields:
        description: accent and kind, as shown to users.
        british: read with British spelling-to-sound rules.
        style: name of the style of Kokoro-82M that it learned from, itself or through hibari.
    """

    description: str
    british: bool
    style: str


VOICES = {
    "heart": Voice("American, female, warm", False, "af_heart"),
    "bella": Voice("American, female, bright", False, "af_bella"),
    "michael": Voice("American, male, calm", False, "am_michael"),
    "fenrir": Voice("American, male, lively", False, "am_fenrir"),
    "emma": Voice("British, female", True, "bf_emma"),
    "george": Voice("British, male", True, "bm_george"),
}
# Names that clients of other speech APIs send -> the voice here that is most like it: OpenAI's, and Kokoro's own.
OTHER_NAMES = {
    **{"alloy": "heart", "ash": "michael", "ballad": "george", "coral": "bella", "echo": "michael", "fable": "george"},
    **{"marin": "emma", "cedar": "michael", "nova": "bella", "onyx": "fenrir", "sage": "emma", "shimmer": "heart"},
    **{"verse": "fenrir"},
    **{voice.style: name for name, voice in VOICES.items()},
}
