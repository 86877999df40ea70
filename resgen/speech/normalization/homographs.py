"""Words of one spelling and two sounds, where what stands beside them tells which. Called by `resgen.speech.phonemes`
on each sentence, before hibari decides by the part of speech.
"""

import re

_ARTICLE = r"(?:a|an|the|my|his|her|our|their|your|this|that|its|some|any|no)"
_BE = r"(?:is|are|was|were|be|been|am|i'm|he's|she's|they're|we're|you're|seem|seems|seemed|feel|feels|felt|look|looks|looked|stay|stayed|remain|remained)"
_TO = r"(?:to|will|would|can|could|should|must|may|might|shall|do|does|did|don't|doesn't|didn't|can't|won't|couldn't|please|let's|i'll|you'll|we'll|they'll|he'll|she'll)"
_CLOTH = r"(?:shirt|dress|skirt|sleeve|coat|jacket|trousers|jeans|pants|paper|page|cloth|fabric|curtain|sail|bag|roof|tent|net|sock|stocking|muscle|ligament|canvas|screen|map|veil|cloak|glove|blanket|sheet|pocket|seam|hole|sweater|costume|wing)s?"
# (word, before, after, sound): before and after are looked for beside the word.
RULES = [
    # read: a habit, an order or an ability; hibari takes "I read" for the past
    ("read", rf"\b{_TO}\s(?:\w+\s)?$", "", "ɹˈid"),
    (
        "read",
        r"\b(?:have|has|had|having|was|were|been|be|is|are|i've|you've|we've|they've|he'd|well|just|already)\s(?:\w+ly\s|never\s|already\s|just\s|ever\s|not\s)?$",
        "",
        "ɹˈɛd",
    ),
    (
        "read",
        r"\b(?:i|you|we|they|people|children|\w+s|who)\s(?:often|always|usually|sometimes|never|still|also|only)\s$",
        "",
        "ɹˈid",
    ),
    (
        "read",
        r"\b(?:i|you|we|they|people|children|parents|students|teachers)\s$",
        r"[^.!?]{0,60}\b(?:every|each|daily|often|sometimes|usually|always|weekly|nightly|on \w+days|these days|now|a lot|for fun)\b",
        "ɹˈid",
    ),
    (
        "read",
        r"(?:^|[.!?]\s)[\"“]?$",
        r"\s(?:the|this|that|it|a|on|about|more|aloud|my|your|all|and|carefully|chapter|page|between)\b",
        "ɹˈid",
    ),
    ("read", r"\b(?:yesterday|ago|last (?:night|week|year|month|\w+day)|once|earlier)\b[^.!?]{0,50}$", "", "ɹˈɛd"),
    ("read", r"\b(?:he|she|it)\s$", "", "ɹˈɛd"),
    ("read", "", r"[^.!?]{0,60}\b(?:yesterday|ago|last (?:night|week|year|month|\w+day))\b", "ɹˈɛd"),
    # lead: the metal
    (
        "lead",
        r"\b(?:of|with|from|contains?|containing|melted|molten|pure|heavy as|like|and|tin|or|iron|copper|zinc|into|using|white|red|solid|liquid|some)\s$",
        r"(?:$|[.,;:!?)]|\s(?:or|and|is|was|in|can|melts|has)\b)",
        "lˈɛd",
    ),
    (
        "lead",
        "",
        r"\s(?:is|was)\s(?:\w+\s)?(?:a|an|the|very|too|so|heavy|soft|toxic|poisonous|dense|grey|gray|found|used|mined|melted|harmful|dangerous)\s?(?:\w+\s){0,3}(?:metal|element|heavy|poison|soft|toxic|dense|poisonous|\b)",
        "lˈɛd",
    ),
    (
        "lead",
        "",
        r"\s(?:pipes?|paints?|poisoning|pencils?|weights?|bullets?|shot|roof|crystal|acid|ore|mines?|sinkers?|batter(?:y|ies)|apron|box|foil|oxide|glass|coffin|balls?|soldiers?|melts|content|levels?|exposure|dust|shield(?:ing)?|solder|plate|sheet|bars?)\b",
        "lˈɛd",
    ),
    ("leaded", "", "", "lˈɛdᵻd"),
    # tear: in cloth, or to rip
    ("tear", "", rf"\s(?:in|along|across|through|at)\s(?:{_ARTICLE}\s)?(?:\w+\s){{0,2}}{_CLOTH}\b", "tˈɛɹ"),
    ("tear", rf"\b(?:{_TO}|not|you|we|i|they)\s$", "", "tˈɛɹ"),
    (
        "tear",
        "",
        r"\s(?:up|apart|off|down|out|away|open|it|them|him|her|the|this|that|a|your|my|his|into|along|through)\b",
        "tˈɛɹ",
    ),
    (
        "tear",
        r"\b(?:wear and|small|big|long|large|bad|muscle|sew the|mend the|mended the|sewed the|fix the|fixed the|patch the|repair the)\s$",
        r"(?!\s(?:rolled|ran|fell|slid|dropped|came|trickled|in (?:his|her|my|its|their|your) eye))",
        "tˈɛɹ",
    ),
    (
        "tears",
        r"\b(?:he|she|it|who|which|that|paper|cloth|fabric|easily)\s$",
        r"\s(?:up|apart|off|down|out|away|open|it|them|the|a|easily|his|her)\b",
        "tˈɛɹz",
    ),
    ("tearing", "", "", "tˈɛɹɪŋ"),
    # bow: of the body, or of a ship
    (
        "bow",
        rf"\b(?:took|take|takes|taking|taken|make|makes|made|making|gave|give|gives|with|deep|low|polite|little|slight|final|last|graceful|formal|quick|courtly)\s(?:{_ARTICLE}\s)?(?:deep\s|low\s|little\s|final\s|small\s|quick\s|polite\s|last\s|graceful\s|second\s)?$",
        r"(?!\s(?:and\s(?:an\s)?arrow|tie|in|on|of ribbon|for her hair|from|out of)\b)",
        "bˈW",
    ),
    (
        "bow",
        rf"\b(?:{_TO}|i|you|we|they|and)\s(?:\w+ly\s|never\s|not\s)?$",
        r"(?!\s(?:and\s(?:an\s)?arrow|tie)\b)(?:$|[.,;:!?]|\s(?:to|down|before|out|deeply|low|his|her|my|your|our|their|its|and|when|politely|in|as|at|again)\b)",
        "bˈW",
    ),
    (
        "bow",
        "",
        r"\s(?:of|to)\s(?:the|a|his|her|our|their)\s(?:ship|boat|canoe|vessel|king|queen|audience|crowd|emperor|yacht|ferry|raft|prince|princess|stern)\b",
        "bˈW",
    ),
    (
        "bow",
        r"\b(?:ship's|boat's|canoe's|from|at|over|near)\s(?:the\s)?$",
        r"(?:\s(?:to\s(?:the\s)?stern|of|wave|deck)|[.,;!?]|$)",
        "bˈW",
    ),
    (
        "bows",
        r"\b(?:he|she|it|who|everyone|everybody|king|queen|butler|boy|girl|knight|they took their|took their|takes his|takes her)\s$",
        "",
        "bˈWz",
    ),
    ("bows", "", r"\s(?:to|down|before|deeply|low|politely|his|her)\b", "bˈWz"),
    ("bowed", "", "", "bˈWd"),
    ("bowing", "", r"(?!\s(?:technique|arm|hand))", "bˈWɪŋ"),
    # bass: the deep voice and instruments
    (
        "bass",
        "",
        r"\s(?:guitars?|guitarists?|players?|lines?|drums?|clef|voices?|solos?|notes?|singers?|sounds?|music|strings?|parts?|tones?|amp|amplifier|speakers?|riffs?|range|boost|line|lessons?|clarinet|trombone|section|frequenc(?:y|ies)|tracks?|and (?:drums|treble|guitar|piano)|is too loud|was too loud|in (?:a|the|our|my|his|her) (?:band|song|choir|orchestra))\b",
        "bˈAs",
    ),
    (
        "bass",
        r"\b(?:plays?|played|playing|sings?|sang|singing|double|electric|upright|acoustic|deep|heavy|loud|drum and|drums and|guitar and|turn up|turn down|turned up|more|on|slap|treble and|tenor and|booming|learn|learning|practice|tune|tuned|low)\s(?:the\s|his\s|her\s|my\s|a\s)?$",
        r"(?!\s(?:fishing|boat|lake|from the|fillets?|in the (?:lake|river|pond|sea)))",
        "bˈAs",
    ),
    ("bassist", "", "", "bˈAsɪst"),
    # minute: tiny
    (
        "minute",
        "",
        r",?\s(?:amounts?|quantit(?:y|ies)|details?|particles?|differences?|traces?|cracks?|insects?|specks?|grains?|changes?|pieces?|parts?|fragments?|creatures?|animals?|organisms?|holes?|dots?|drops?|portions?|doses?|inspection|examination|scratch(?:es)?|bits?|scale|flaws?|crumbs?|marks?|variations?|fractions?|spots?|crystals?|bubbles?|fish|plants?|bugs?|flowers?|print|writing|letters)\b",
        "mInˈut",
    ),
    (
        "minute",
        r"\b(?:so|very|extremely|too|almost|incredibly|rather|quite|in|truly|really|is|was|are|were)\s$",
        r"(?:$|[.,;!?]|\sdetail\b|\sthat\b|\sand\b|\sto\b)",
        "mInˈut",
    ),
    # content: pleased
    (
        "content",
        rf"\b{_BE}\s(?:not\s|never\s|very\s|quite\s|so\s|always\s|perfectly\s|happy and\s|completely\s|fully\s|more\s|rather\s|truly\s|really\s|entirely\s|at last\s|finally\s|now\s|too\s|calm and\s|just\s)?$",
        r"(?!\s(?:of|creators?|marketing|management|warnings?|provider|is|was)\b)",
        "kəntˈɛnt",
    ),
    ("content", "", r"\s(?:with|to)\s", "kəntˈɛnt"),
    (
        "content",
        r"\b(?:happy and|calm and|perfectly|quite|very|not|quietly|fat and|warm and|full and|so|too)\s$",
        r"(?!\s(?:of|creators?|marketing|management|warnings?)\b)",
        "kəntˈɛnt",
    ),
    (
        "content",
        r"\b(?:a|the|an)\s$",
        r"\s(?:smile|sigh|look|cat|man|woman|child|person|face|life|dog|baby|purr)\b",
        "kəntˈɛnt",
    ),
    # wind, wound, dove, close, live, desert, row, sow
    (
        "wind",
        rf"\b{_TO}\s(?:the\s)?$",
        r"\s(?:up|down|it|them|the|his|her|my|your|through|around|round|back|along|a)\b",
        "wˈInd",
    ),
    (
        "wind",
        "",
        r"\s(?:up|it up|(?:the|his|her|my|your|a) (?:clock|watch|toy|wool|yarn|string|thread|bandage|rope|key|tape|spring|music box))\b",
        "wˈInd",
    ),
    (
        "winds",
        r"\b(?:road|path|river|trail|stream|it|she|he|street|stair|staircase|track|lane|creek|valley)\s(?:slowly\s)?$",
        "",
        "wˈIndz",
    ),
    (
        "wound",
        r"\b(?:he|she|it|they|we|i|you|path|road|river|and|trail|snake|had|was|were|been|is|vine)\s(?:\w+ly\s)?$",
        r"\s(?:up|around|round|down|its|his|her|the|it|through|along|tightly|back|in|into|past|between)\b",
        "wˈWnd",
    ),
    (
        "dove",
        r"\b(?:he|she|it|they|we|i|you|and|then|who|\w+ly)\s$",
        r"\s(?:in|into|down|under|deep|off|from|for|to|beneath|behind|at|through|headfirst|out|straight|right|over|back|toward|towards)\b",
        "dˈOv",
    ),
    (
        "live",
        "",
        r"\s(?:music|show|shows|concert|concerts|broadcast|audience|stream|performance|performances|animals?|wires?|bait|chat|tv|television|band|updates?|coverage|album|ammunition|recording|event|events|video|report|theater|theatre)\b",
        "lˈIv",
    ),
    (
        "live",
        r"\b(?:broadcast|streamed|shown|sang|sing|played|playing|perform|performed|performing|streaming|recorded|watched it|watch it|going|went|go|aired)\s$",
        r"(?:$|[.,;:!?]|\s(?:on|from|at|in|to|for|tonight|today|online|band)\b)",
        "lˈIv",
    ),
    (
        "close",
        rf"\b{_BE}\s(?:very\s|so\s|too\s|not\s|quite\s|really\s|that\s|getting\s)?$",
        r"(?:$|[.,;!?]|\s(?:to|by|friends?|together|enough|behind)\b)",
        "klˈOs",
    ),
    (
        "close",
        r"\b(?:a|very|so|too|came|come|comes|get|got|getting|stay|stayed|stand|stood|sat|sit|keep|kept|held|drew|moved|how|pretty|moving|my|his|her|their|our)\s$",
        r"(?:\s(?:to|by|friends?|together|enough|behind|call|look|second|up|family|eye|game|attention|watch|relatives?|ties|inspection)\b|$|[.,;!?])",
        "klˈOs",
    ),
]
_COMPILED: dict[str, list[tuple[re.Pattern, re.Pattern, str]]] = {}
for _word, _before, _after, _sound in RULES:
    _COMPILED.setdefault(_word, []).append(
        (re.compile(_before, re.IGNORECASE), re.compile(_after, re.IGNORECASE), _sound)
    )
_WORD = re.compile(
    rf"(?<![\w'’\[/-])({'|'.join(sorted(_COMPILED, key=len, reverse=True))})(?![\w'’-]|\]\()", re.IGNORECASE
)
_LETTER = re.compile(r"(?<=[\w,] )A(?=[.!?,;:]|$)(?!\.\w)")  # which hibari takes for the article, as in: point A!
NEAR = 80  # characters before and after that are looked at


def sounded(text: str) -> str:
    """The text with phonemes behind the words whose neighbours tell their sound, as [lead](/lˈɛd/)."""
    return _WORD.sub(_told, _LETTER.sub("[A](/ˈA/)", text))


def _told(found: re.Match) -> str:
    before = found.string[max(0, found.start() - NEAR) : found.start()]
    after = found.string[found.end() : found.end() + NEAR]
    for left, right, sound in _COMPILED[found[0].lower()]:
        if left.search(before) and right.match(after):
            return f"[{found[0]}](/{sound}/)"
    return found[0]
