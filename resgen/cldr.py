"""What Unicode's CLDR calls the things that emoji show, in English and Chinese. Called by the rooms that read what a
visitor typed.

The table beside this file is made by `resgen.training.cldr`. CLDR names people, faces and deeds too, so that what a
network cannot draw or write of can at least be called by its name.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("cldr.tsv")
CHINESE_COLOURS = {
    **{"红": "red", "橙": "orange", "黄": "yellow", "绿": "green", "蓝": "blue", "粉": "pink"},
    **{"紫": "purple", "棕": "brown", "黑": "black", "白": "white", "灰": "grey", "金": "golden"},
}
# Of one or two characters, where no label of CLDR is the plain word for it.
_PAIRS = """
    雨 rain 风 wind 火 fire 水 water 月 moon 月亮 moon 星 star 雪 snow 山 mountain 海 sea 大海 sea 河 river 船 boat
    小船 boat 车 car 云 cloud 书 book 门 door 床 bed 灯 lamp 刀 knife 鬼 ghost 家 house 路 road 球 ball 钟 clock
    梦 dream 心 heart 树 tree 花 flower 草 grass 鸟 bird 龙 dragon 猫 cat 狗 dog 鱼 fish 马 horse 牛 cow 羊 sheep
    猪 pig 鸡 chicken 鸭 duck 兔 rabbit 虎 tiger 狮 lion 熊 bear 象 elephant 蛇 snake 猴 monkey 朋友 friend
    男孩 boy 女孩 girl 妈妈 mother 爸爸 father 森林 forest 花园 garden 蛋糕 cake 国王 king 王后 queen 王子 prince
    魔法 magic 恐龙 dinosaur 怪物 monster 巫婆 witch 老师 teacher 医生 doctor 公园 park 学校 school
"""
CHINESE_WORDS = dict(re.findall(r"(\w+) (\w+)", _PAIRS))
_SHOWN = re.compile(r" (with|of|in|and|at|without|behind|on)\b.*| (face|suit|button|symbol)$")


CHINESE_MEASURES = "只个朵辆艘座把条匹头棵块张幅"
_PARTICLES = re.compile(f"[一二两三]?[{CHINESE_MEASURES}]|的|一")
_NOT = re.compile(r"(?:没有|不要|不是|不带)([^，。,、的]*)的?")


@dataclass(frozen=True)
class Entry:
    """One emoji: itself, its English name, other names, keywords, and its Chinese names; words are of a-z and 0-9."""

    emoji: str
    name: str
    aliases: tuple[str, ...]
    words: tuple[str, ...]
    chinese: tuple[str, ...]

    @property
    def thing(self) -> str:
        """What it shows, in a word: car of an automobile, dragon of a dragon face, heart of a red heart."""
        name = _SHOWN.sub("", self.name)
        *before, last = name.split()
        short = [alias for alias in self.aliases if " " not in alias and alias not in before and len(alias) < len(name)]
        return (short or [last])[0]


@cache
def entries() -> tuple[Entry, ...]:
    """All of them, in the order of Unicode."""
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    fields = ([field.split("|") if field else [] for field in row] for row in rows)
    return tuple(Entry(emoji, name, *map(tuple, rest)) for (emoji,), (name,), *rest in fields)


@cache
def _signs() -> tuple[dict[str, str], re.Pattern]:
    """Emoji, Chinese words -> English; and what finds the longest of them."""
    signs: dict[str, str] = {}
    for rank in range(max(len(entry.chinese) for entry in entries())):  # labels win over keywords
        for entry in entries():
            if rank < len(entry.chinese) and (rank == 0 or len(entry.chinese[rank]) > 1):
                signs.setdefault(entry.chinese[rank], entry.thing)
    signs |= CHINESE_WORDS | {entry.emoji: entry.thing for entry in entries()}
    signs |= {f"{sign}{end}": colour for sign, colour in CHINESE_COLOURS.items() for end in ("色", "色的")}
    longest_first = sorted(signs, key=lambda sign: (-len(sign), sign))
    return signs, re.compile("|".join(map(re.escape, longest_first)))


def in_english(text: str) -> str:
    """A text with the emoji and Chinese words that CLDR names written in English, between blanks, and what Chinese says
    between them left out; the rest stays."""
    signs, pattern = _signs()
    text = _NOT.sub(r" without \1, ", text.replace("\ufe0f", ""))
    return _PARTICLES.sub(" ", pattern.sub(lambda found: f" {signs[found[0]]} ", text))
