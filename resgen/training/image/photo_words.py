"""What CIFAR-10 and CIFAR-100 show, and the words for it in English, Chinese and emoji. Called by
`resgen.training.image.photos`; in the running app the words come from the model's file.
"""

import json

from resgen.image.prompt import Dictionary

STYLE = "photo"

# name: other names; Chinese; emoji. In the order of the labels.
WORDS = {
    "cifar10": """
airplane: plane, aeroplane, aircraft, airliner, jet; 飞机; ✈️
automobile: car, auto, sedan, motorcar; 汽车; 🚗
bird: birdie, songbird, fowl; 鸟; 🐦
cat: kitty, kitten, tomcat, pussycat; 猫; 🐱
deer: stag, doe, elk, moose, reindeer; 鹿; 🦌
dog: puppy, doggy, hound, pup; 狗; 🐶
frog: toad, bullfrog, tree frog; 青蛙; 🐸
horse: pony, mare, stallion, foal; 马; 🐴
ship: boat, vessel, ferry, steamer; 船; 🚢
truck: lorry, fire truck, dump truck, fire engine; 卡车; 🚚
""",
    "cifar100": """
apple: ; 苹果; 🍎
aquarium fish: goldfish, tropical fish; 观赏鱼; 🐠
baby: infant; 婴儿; 👶
bear: brown bear, grizzly; 熊; 🐻
beaver: ; 河狸; 🦫
bed: ; 床; 🛏️
bee: honeybee; 蜜蜂; 🐝
beetle: ladybug, ladybird; 甲虫; 🪲
bicycle: bike, cycle; 自行车; 🚲
bottle: flask; 瓶子; 🍾
bowl: ; 碗; 🥣
boy: lad; 男孩; 👦
bridge: ; 桥; 🌉
bus: coach; 公交车; 🚌
butterfly: ; 蝴蝶; 🦋
camel: dromedary; 骆驼; 🐪
can: tin, tin can; 罐头; 🥫
castle: palace; 城堡; 🏰
caterpillar: ; 毛毛虫; 🐛
cattle: cow, bull, ox; 牛; 🐄
chair: seat; 椅子; 🪑
chimpanzee: chimp, ape, monkey; 黑猩猩; 🐒
clock: ; 时钟; 🕰️
cloud: clouds; 云; ☁️
cockroach: roach; 蟑螂; 🪳
couch: sofa, settee; 沙发; 🛋️
crab: ; 螃蟹; 🦀
crocodile: alligator, croc; 鳄鱼; 🐊
cup: mug, teacup; 杯子; ☕
dinosaur: dino; 恐龙; 🦕
dolphin: ; 海豚; 🐬
elephant: ; 大象; 🐘
flatfish: flounder, plaice; 比目鱼; 🐟
forest: woods, wood; 森林; 🌳
fox: ; 狐狸; 🦊
girl: lass; 女孩; 👧
hamster: ; 仓鼠; 🐹
house: home; 房子; 🏠
kangaroo: ; 袋鼠; 🦘
keyboard: computer keyboard; 键盘; ⌨️
lamp: ; 台灯; 💡
lawn mower: mower; 割草机;
leopard: ; 豹; 🐆
lion: ; 狮子; 🦁
lizard: gecko; 蜥蜴; 🦎
lobster: ; 龙虾; 🦞
man: gentleman; 男人; 👨
maple tree: maple; 枫树; 🍁
motorcycle: motorbike; 摩托车; 🏍️
mountain: mountains; 山; ⛰️
mouse: ; 老鼠; 🐭
mushroom: toadstool, fungus; 蘑菇; 🍄
oak tree: oak; 橡树;
orange: ; 橙子; 🍊
orchid: ; 兰花; 🌺
otter: ; 水獭; 🦦
palm tree: palm; 棕榈树; 🌴
pear: ; 梨; 🍐
pickup truck: pickup; 皮卡; 🛻
pine tree: pine, fir tree; 松树; 🌲
plain: grassland, meadow; 平原; 🌾
plate: dish; 盘子; 🍽️
poppy: poppies; 罂粟;
porcupine: ; 豪猪; 🦔
possum: opossum; 负鼠;
rabbit: bunny; 兔子; 🐰
raccoon: ; 浣熊; 🦝
ray: stingray, manta ray; 鳐鱼;
road: street, highway; 路; 🛣️
rocket: spaceship; 火箭; 🚀
rose: roses; 玫瑰; 🌹
sea: ocean; 海; 🌊
seal: ; 海豹; 🦭
shark: ; 鲨鱼; 🦈
shrew: ; 鼩鼱;
skunk: ; 臭鼬; 🦨
skyscraper: tower; 摩天大楼; 🏙️
snail: ; 蜗牛; 🐌
snake: serpent; 蛇; 🐍
spider: ; 蜘蛛; 🕷️
squirrel: ; 松鼠; 🐿️
streetcar: tram, trolley; 有轨电车; 🚋
sunflower: ; 向日葵; 🌻
sweet pepper: bell pepper, paprika; 甜椒; 🫑
table: desk; 桌子;
tank: ; 坦克;
telephone: phone; 电话; ☎️
television: tv, telly; 电视; 📺
tiger: ; 老虎; 🐯
tractor: ; 拖拉机; 🚜
train: locomotive; 火车; 🚆
trout: ; 鳟鱼; 🎣
tulip: tulips; 郁金香; 🌷
turtle: tortoise; 乌龟; 🐢
wardrobe: closet, cupboard; 衣柜; 🚪
whale: ; 鲸鱼; 🐳
willow tree: willow; 柳树;
wolf: ; 狼; 🐺
woman: lady; 女人; 👩
worm: earthworm; 虫子; 🪱
""",
}


def names(source: str) -> list[str]:
    """What a source shows, in the order of its labels."""
    return [line.split(":")[0] for line in WORDS[source].strip().splitlines()]


def dictionary(sources: list[str]) -> Dictionary:
    """The names of what these sources show, in the order of their labels, and the words for them."""
    entries = []
    for source in sources:
        for line in WORDS[source].strip().splitlines():
            name, rest = line.split(":")
            other, chinese, emoji = (part.strip() for part in rest.split(";"))
            aliases = [alias.strip() for alias in other.split(",") if alias.strip()]
            entry = {"name": name, "emoji": emoji, "aliases": aliases, "words": [], "chinese": [chinese]}
            entries.append({**entry, "styles": [STYLE]})
    return Dictionary(json.dumps(entries, ensure_ascii=False))
