"""Where the most frequent sense in WordNet is not what our texts mean, or not what the categories mean: corrections by
hand of the words that occur most. Called by `resgen.training.tagger.labels`.
"""

from resgen.text.sentences import FUNCTION_WORDS


def words_of(text: str) -> frozenset[str]:
    """The words of a list with blanks between them."""
    return frozenset(text.split())


def _by_word(**groups: str) -> dict[str, str]:
    return {word: category for category, words in groups.items() for word in words.split()}


# Dictionary forms of nouns -> the category of all their senses; "none" is no category.
NOUNS = _by_word(
    animals="""
    badger chameleon beaver raccoon seal octopus turtle lobster shrimp ostrich whale tiger bunny lion skunk
    scorpion wasp otter alligator leopard cuckoo bug buffalo donkey mole yak crab fish goose lamb dragon monster
    unicorn creature beast kitty kitten puppy crow moose fox bird fly squirrel butterfly cow bull rat worm bear
    bee hen robin frog snake caterpillar clam dinosaur spider hare snail toad
""",
    people="""
    ghost fairy witch wizard angel mermaid giant police army team crowd crew band audience orchestra family god
    goddess devil elf dwarf goblin ogre friend girl boy lady child kid man woman baby dad mom mommy daddy mama
    papa grandma grandpa mum mother father queen king princess prince captain twin hero master tribe mummy
    granny folk people person neighbour neighbor doctor guide guard cook driver teacher
""",
    plants="plant branch leaf bush tree flower rose daisy lily seed root petal twig vine moss stem acorn grass weed "
    "seaweed seedling sprout sunflower oak pine willow ivy fern clover",
    food="""
    fruit carrot corn wheat nut berry pumpkin mushroom banana apple peach pear grape blueberry strawberry cherry
    cauliflower pepper oats tomato potato onion garlic cabbage lettuce bean pea olive lemon spinach cucumber
    rice broccoli celery honey egg milk cream meal feast banquet breakfast lunch dinner supper candy cookie cake
    butter cheese bread sugar salt flour soup tea coffee juice wine beer jam snack dessert orange plum
""",
    body="""
    tail feather paw beak claw fur mane antler wing whisker hoof heart tear tongue face body hair skin lip liver
    belly tummy shoulder cheek knee brain mustache beard eyelid snout trotter fang horn
""",
    places="""
    village school church garden yard park farm orchard barn kingdom market pool playground country land hall
    forest woods rainforest jungle hospital world earth sky island desert backyard shipyard steppe tundra plains
    plain labyrinth maze home town city house kitchen room bridge hill hole corner building castle palace zoo
    stage store shop pond lake river sea ocean beach field meadow path road street trail cave den burrow cabin
    prison jail heaven hell camp square classroom bedroom bathroom office library museum theatre hotel inn cafe
    restaurant station airport harbor harbour factory bakery pasture clearing stall
""",
    things="""
    wood watch table paper gold silver diamond pearl ring wall letter penny card arrow newspaper book page
    notebook medal puzzle toy bow mask coral soil ticket trophy yarn kite cage ladder fountain chimney drawer
    cupboard barrel post pipe fireplace stair stairs plank bubble ice medicine teddy balloon cloud picture
    drawing painting sign poster map mail invoice cheque passport envelope diary tapestry package stick doll
    door window floor roof gate fence hose button glasses sunglasses crown necklace bracelet sun moon star ball
    box gift treasure jewel coin stone rock sand mud water clock nest shell rope string net basket bag bed chair
    lamp bell drum stump log web shelf bowl cup plate spoon fork knife pot pan block brick hammer umbrella wheel
    engine robot computer machine phone camera bottle jar glass mirror candle pillow blanket cushion desk sofa
    couch flag sword crayon pencil pen paint brush slide swing block planet
""",
    vehicles="""
    boat ship car truck bus train plane airplane aeroplane bike bicycle rocket sled sleigh wagon cart tractor
    van taxi raft canoe kayak submarine helicopter scooter jeep tram ferry ambulance carriage motorcycle lorry
    yacht tricycle spaceship spacecraft jet
""",
    clothing="""
    shoe boot sock slipper glove mitten helmet collar sleeve cuff hood belt hat cap pocket coat jacket dress
    skirt shirt scarf sweater uniform costume suit veil sandal tie apron gown robe cloak
""",
    time="time moment day night morning afternoon evening week month year hour minute second birthday summer winter "
    "autumn past future",
    feelings="""
    happiness sadness excitement guilt worry anxiety loneliness curiosity despair fury distress passion
    enthusiasm shock relief malice feeling mood horror unhappiness misery sorrow gloom grief joy anger surprise
    delight fear
""",
    none="""
    none one thing lot bit way part piece kind sort top bottom side edge end front middle center centre outside
    inside spot direction depth shape circle nap speed rate grave history festival picnic pause delay hope
    desire ambition temper forgiveness feed voice soul mind spirit cast party meeting class board rest point
    line mark number name word story song game idea help turn look smile laugh cry walk run talk journey trip
    adventure race fun magic music dance rain snow wind storm fire light smoke color colour sound noise shade
    shadow work life general source setting crack track midst state area boundary air nobody somebody someone
    everyone everybody anyone stupid ordinary savage native favourite favorite more us don isn trouble surface
    object material stuff match sail hide cover waste stern fake dead blind deaf ex present ounce pound mile
    inch company council committee government generation division collective
""",
)

# Verbs and adjectives that name feelings, beside what WordNet derives from nouns.
FEELING_VERBS = words_of("""
    love adore fear dread worry enjoy frighten scare terrify upset envy regret admire disappoint embarrass
    delight hate detest despise loathe shock startle panic grieve mourn rejoice despair pity amuse annoy anger
    enrage irritate astonish amaze excite surprise bore astound
""")
FEELING_ADJECTIVES = words_of("""
    happy sad scared angry glad afraid grateful lonely grumpy mad frightened jealous anxious jolly miserable
    envious thankful bored shocked gloomy fearful unhappy merry overjoyed desperate heartbroken furious excited
    worried surprised upset proud ashamed nervous disappointed embarrassed delighted cheerful sorry amazed
    astonished terrified cranky overwhelmed joyful homesick enthusiastic annoyed content contented cross
    depressed joyous gleeful guilty regretful alarmed amused startled thrilled frustrated discouraged melancholy
    sorrowful mournful wistful ecstatic elated horrified petrified irritated enraged exasperated resentful
    indignant cheery blissful ashamed uneasy uncomfortable apprehensive hopeless dejected despairing glum
    downcast bitter relieved pleased
""")
NO_FEELING = words_of("""
    poor quiet together shy eager naughty mischievous playful juicy harsh keen timid glowing compassionate
    pleasant fearless helpless fond humbled grave hesitant confident piercing passionate serene vain fiery
    unsure devoted stormy conceited avid ruthless secure gentle scary boring bug badger humble rue buffalo dune
    harbor pierce comfort calm cheer appreciate nurse charm enchant ruffle spite long soothe inspire tease
    solace like want wish hope desire care please prefer fancy miss try mind interest attract touch move suffer
    invite respect impress take strike get dear sweet good nice well tender warm sensitive desirable lovely
    wonderful terrible horrible awful painful hot cold bear stand stomach look feel bother disturb shake court
    tempt restless kind fierce free lively loud peaceful safe tired exciting loving friendly lovable brave bold
    wicked cruel funny strange curious lucky
""")

# What is no noun where it mostly stands, though WordNet has it as one.
CLOSED = (FUNCTION_WORDS - {"thing", "things", "time", "home"}) | (
    words_of("""
    a i an as at be by do he if in is it me my no of oh on or so to up us we am are his him her its our out off
    not nor now too two ten yes yet you was were has had did does been being done can could will would shall
    should may might must ought need dare and but for from with without within about above across after against
    along among amid around before behind below beneath beside besides between beyond despite down during except
    inside into near outside over past per round since than through throughout till toward towards under
    underneath unlike until upon via while whilst who whom whose which what that this these those there here
    where when why how all any both each either every few fewer less little many more most much neither none
    other some such one ones three four five six seven eight nine eleven twelve hundred thousand first third
    fourth fifth next last same own well very quite rather just even only also still already always never ever
    often seldom sometimes soon then thus hence however therefore perhaps maybe back ahead away forth forward
    aside apart together again once twice alone else otherwise indeed instead nearly almost altogether
    everywhere somewhere nowhere anywhere everything nothing something anything ok okay hello hi goodbye bye hey
    ah ha ho er um mm ere lo nay aye shan don isn wasn didn doesn couldn wouldn shouldn hasn haven hadn aren
    weren ain won ll ve re th st nd rd vs etc im id ll ey nne d s t m o e n r l thou thee thy ye hath doth art
    wilt
""")
)
DETERMINERS = words_of("""
    a an the my your his her its our their this that these those some any every each no another two three four
    five six many several few 's ’s other big little small red old new young tiny large beautiful pretty
""")
VERB_SIGNS = words_of("""
    to will would can could must should might shall may i we they you he she it who not don't didn't let lets
    never always 'll ’ll t 't ’t did do does didn
""")
