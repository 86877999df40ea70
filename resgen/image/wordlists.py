"""What people write around the things that they want drawn, as tables. Read by `resgen.image.phrases` and
`resgen.image.prompt`.
"""


def _table(rows: str) -> dict[str, str]:
    """Lines `to: from, from, ...` -> {from: to}."""
    pairs = (line.split(":") for line in rows.strip().splitlines())
    return {word.strip(): to.strip() for to, words in pairs for word in words.split(",")}


def _words(rows: str) -> frozenset[str]:
    return frozenset(rows.split())


def _phrases(rows: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in rows.split(","))


# What pictures were made for beside the words of names (`resgen.training.image.augment`).
GREY = "grey"  # no colour of the painter: what is grey is drawn without colours
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
# Words that ask, and say nothing of what for.
FILLERS = _words("""
    a an the some any this that these those my your his her its our their me us i you we he she it they im id
    ill please pls plz thanks thank hi hello hey draw paint show give make create generate imagine produce
    render sketch design see can could would will should want wanna need like to get have let lets do does
    is are was be being been there just very really so such quite too also emoji picture drawing image images
    pictures pic pics kindly something thing things
    anything everything one single each own which who whose whats what of im another
    new s for made looks look likes colored coloured
""")
# What a prompt may be said to be, before "of" or at its end. Of each, the style of the painter that it asks for can be
# named here; none fits so far.
MEDIA_STYLES: dict[str, str] = dict.fromkeys(("photo", "photos", "photograph", "photography"), "photo")
MEDIA = _words("""
    photo photograph photography photos pic picture pictures image images drawing drawings painting paintings
    illustration illustrations sketch sketches portrait cartoon render rendering icon icons logo sticker clipart
    emoji emojis art artwork watercolor watercolour poster wallpaper scene view shot closeup doodle graphic
    depiction figure silhouette
""")
# Between commas, or after "in" and "as", they tell a manner, of which the painter has its own.
MANNERS = _words("""
    oil pencil pixel line digital concept vector ink charcoal acrylic crayon chalk pastel anime manga lowpoly
    low poly 3d 2d 4k 8k hd uhd hdr dslr bokeh macro cinematic photorealistic realistic hyperrealistic realism
    detailed highly ultra hyper intricate masterpiece masterpieces best high quality resolution res sharp focus
    trending artstation unreal engine octane award winning professional studio lighting volumetric dramatic soft
    natural render ghibli disney pixar van gogh picasso monet style styled cartoon cute beautiful gorgeous
    stunning amazing awesome nice pretty lovely epic simple minimalist minimal vintage retro abstract colorful
    colourful vibrant isolated plain blurry background wallpaper watercolor watercolour painting photo close up
    closeup illustration art artwork perfect great good wonderful adorable fantastic deviantart isometric
""")
# Phrases that go as a whole, wherever they stand.
FRAMES = _phrases("""
    masterpiece, best quality, high quality, low quality, worst quality, good quality, top quality, high
    resolution, highly detailed, ultra detailed, extremely detailed, very detailed, intricate details, sharp
    focus, 4k, 8k, 4 k, 8 k, hd, uhd, hdr, full hd, ultra hd, high res, highres, absurdres, unreal engine,
    octane render, trending on artstation, artstation, award winning, studio lighting, cinematic lighting,
    volumetric lighting, soft lighting, dramatic lighting, white background, plain background, black background,
    transparent background, simple background, on white, photorealistic, hyperrealistic, ultra realistic,
    realistic, photo realistic, close up, closeup, pixel art, line art, concept art, digital art, vector art,
    clip art, 3d render, anime style, cartoon style, ghibli style, studio ghibli, low poly, watercolor,
    watercolour, oil painting, pencil sketch, pencil drawing, would love, would like, i love, id love, for me,
    for us, for my kids, for kids, for my daughter, for my son, right now, surprise me, whatever you like,
    whatever you want, anything you like, anything you want,
""")
COLOUR_WORDS = _table("""
    red: crimson, scarlet, maroon, burgundy, ruby, vermilion, vermillion, reddish, carmine, cherry red, brick red
    orange: orangey, orangish, tangerine orange, apricot, amber, rust, copper, terracotta, coral colored
    yellow: golden, gold, yellowish, blonde, blond, mustard, saffron, ochre, canary, lemon yellow
    green: emerald, lime green, olive green, jade, greenish, khaki, mint green, chartreuse, sage green
    blue: navy, turquoise, teal, cyan, aqua, azure, cobalt, sapphire, indigo, bluish, cerulean, aquamarine, ultramarine
    purple: violet, lilac, lavender, mauve, magenta, purplish, amethyst, plum colored
    pink: fuchsia, pinkish, rosy, salmon pink, rose pink
    brown: beige, tan, brownish, bronze, chestnut brown, chocolate brown, sepia, caramel, taupe, hazel, auburn
    black: charcoal, ebony, blackish, jet black
    grey: grey, gray, greyish, grayish
    white: silver, silvery, ivory, whitish, platinum, snow white, off white, pearl
""")
# Before a colour they say which of its shades; there is one.
SHADES = _words("""
    dark light pale bright deep hot neon pastel vivid navy sky baby royal forest lime blood rose mint olive
    electric midnight dusty soft rich intense fluorescent metallic ice steel powder army hunter fire candy lemon
    cherry
""")
MANY = _words("""
    four five six seven eight nine ten eleven twelve twenty hundred many several dozen dozens hundreds multiple
    numerous few various thousand million countless loads lots
""")
TWO = _words("both couple pair twin twins")
# Where a thing is to another, or what it does to it.
BETWEEN = _words("""
    with but or on in at under underneath beneath over above below near beside besides behind inside within into onto
    by against around across through along between among next front top holding wearing riding eating carrying
    chasing driving watching drinking playing sitting standing lying sleeping flying swimming jumping running
    walking looking facing having plus alongside and upon off from toward towards beyond opposite wears holds
    rides eats chases drinks drives carries sits stands has
""")
# Said of things that look the same with and without it. What else describes is read by its letters.
ADJECTIVES = _words("""
    old young big small little large tiny huge giant tall short long high low happy sad angry scared sleepy
    tired hungry cute funny silly pretty beautiful ugly scary spooky fancy cool nice good bad best sweet lovely
    lonely lazy busy wild fluffy furry hot cold warm fresh dirty clean shiny broken empty full open closed fast
    slow loud quiet soft strong heavy right left flying medium magic magical wooden metal mad natural delicious
    tasty friendly evil dead smiling laughing crying brave kind rich poor smart wet dry ancient modern
    baby haunted enchanted lucky chubby fat skinny thin round
""")
# Partitives: "a slice of pizza" is a pizza.
PARTS = _words("slice piece bunch bit lot plate kind type sort set group herd flock pack bowl bag cup box basket pile")
SYNONYMS = _table("""
    tangerine: orange
    soccer ball: ball, balls
    blossom: flower, flowers
    package: box, boxes
    handbag: bag, bags
    rock: stone, stones
    snowflake: snow
    maple leaf: leaf, leaves
    light bulb: lamp, lamps, lightbulb, desk lamp, table lamp, floor lamp, light
    kitchen knife: knife, chef knife
    deciduous tree: tree, oak, oak tree, apple tree
    evergreen tree: pine tree, fir tree, fir
    airplane: plane, aeroplane, jet, aircraft, jumbo jet
    motorcycle: motorbike, moped
    dog face: puppy, puppies, pup, doggy, doggie
    dog: hound, terrier, labrador, retriever
    cat face: kitten, kittens, kitty
    cat: tomcat, pussycat
    rabbit: bunny, bunnies, hare
    mobile phone: smartphone, cellphone, cell phone, iphone
    couch and lamp: couch, sofa, settee, armchair
    fork and knife: fork, cutlery
    desktop computer: computer, pc, monitor
    shortcake: slice of cake
    hamburger: burger, cheeseburger
    french fries: fries, chips
    doughnut: donut, donuts
    eggplant: aubergine
    turtle: tortoise
    lady beetle: ladybug, ladybird
    honeybee: bee, bees, bumblebee, wasp
    sailboat: sailing boat, yacht
    ship: vessel, cruise ship
    high heeled shoe: high heels, heels
    running shoe: sneakers, trainers
    mans shoe: shoe, shoes, pair of shoes
    glasses: pair of glasses
    scissors: pair of scissors
    womans boot: boots
    hiking boot: hiking boots
    billed cap: cap, baseball cap
    top hat: hat, hats
    sauropod: dinosaur, dinosaurs, dino, brontosaurus
    t rex: tyrannosaurus, trex, tyrannosaurus rex
    teapot: kettle
    hot beverage: cup, cups, coffee, tea cup, cup of tea, cup of coffee, mug
    wine glass: wine, glass of wine
    beer mug: glass of beer
    soft ice cream: icecream, ice cream cone
    first quarter moon: half moon
    guitar: electric guitar, ukulele
    violin: cello, fiddle
    musical keyboard: piano, keyboard instrument
    spaghetti: pasta, noodles
    flying saucer: ufo, spaceship, spacecraft, alien ship
    rocket: space rocket, space shuttle, missile
    crocodile: alligator, caiman
    frog: toad
    chicken: hen
    ant: ants
    cupcake: muffin
    canoe: kayak, rowboat, raft
    sport utility vehicle: jeep
    airplane departure: airport
    convenience store: shop, store, market
    circus tent: circus
    drop of blood: blood
    pot of food: soup, broth
    chocolate bar: chocolate
    cherries: cherry
    jack o lantern: pumpkin
    jeans: pants, trousers, pair of jeans, pair of pants, pair of trousers
    socks: sock, pair of socks
    gloves: glove, mitten, mittens, pair of gloves
    coat: jacket, sweater, hoodie, pullover, cardigan, cloak, robe
    dress: skirt
    notebook: diary, journal
    desert: dune, dunes
    wood: log, plank, timber, stump
    playground slide: playground, swing
    house with garden: barn, farmhouse, mansion
    hut: shed, stable
    fire: fireplace, campfire, bonfire, flame, flames
    white flower: daisy, daisies
    ship: battleship, warship
    tumbler glass: glass, glass of water
    bottle with popping cork: bottle, bottle of wine, champagne, wine bottle
    suspension railway: cable railway
    bicycle: bike, bikes
    television: tv set, telly
    water wave: wave, sea, waves
    house: home, cottage, cabin
    office building: building, skyscraper, tower block, office
    backpack: rucksack, school bag, schoolbag
    umbrella: parasol
    mantelpiece clock: clock
    wrapped gift: present, presents, gift box
    1st place medal: gold medal
    2nd place medal: silver medal
    3rd place medal: bronze medal
    sunglasses: shades
    bell: bells
    fish: goldfish, salmon, trout, cod
    bird: sparrow, robin, songbird
    eagle: hawk, falcon, vulture
    heart suit: heart, hearts
    droplet: water, drop
    sun behind rain cloud: rain, rain cloud
    umbrella with rain drops: rainy day
""")
# What the painter does not know, and what it knows that goes with it: people, feelings, beings of tales, places.
NEAR = _table("""
    top hat, necktie: man, men, gentleman, guy, guys, grandfather, grandpa, old man, dad, father, uncle, husband, mr
    womans hat, dress: woman, women, lady, ladies, girl, girls, mother, mom, mum, grandmother, grandma, aunt, wife, she
    teddy bear, balloon: child, children, kid, kids, boy, boys, toddler, son, daughter, brother, sister
    nesting dolls, japanese dolls: person, people, human, humans, family, crowd, friend, friends, face, faces, doll
    baby bottle, teddy bear: baby, babies, infant, newborn
    stethoscope, syringe: doctor, doctors, nurse, surgeon, physician, dentist, vet, medic
    school, books: teacher, student, pupil, professor, class
    police car light, oncoming police car: police, policeman, policewoman, cop, officer, detective
    fire engine, fire extinguisher: fireman, firefighter, firewoman
    military helmet, military medal: soldier, army, warrior, knight, war, general
    crown, castle: king, queen, prince, princess, royal, royalty, emperor
    cooking, kitchen knife: chef, cook, baker, kitchen
    tractor, ear of corn: farmer, farm, field
    rocket, satellite: astronaut, cosmonaut, space, universe, galaxy
    magic wand, crystal ball: wizard, witch, fairy, magician, mage, sorcerer, magic, elf, elves, genie
    crossed swords, treasure chest: pirate, pirates, ninja, samurai, viking
    jack o lantern, coffin: ghost, ghosts, zombie, vampire, monster, skull, halloween, devil, demon, spirit
    jack o lantern, funeral urn: monsters, goblin, ogre, giant, troll, gnome, dwarf, mummy, skeleton, skeletons
    wing, dove: angel, angels, heaven, soul, god
    flying saucer, satellite antenna: alien, aliens, martian
    joystick, gear: robot, robots, android, cyborg
    musical notes, guitar: music, song, songs, melody, concert, singer, musician, band, sing, dance, dancer, dancing
    rose, heart suit: love, romance, kiss, valentine, lover, wedding couple, passion
    balloon, party popper: happiness, joy, fun, happy, party, celebration
    droplet, wilted flower: sadness, sad, tears, crying
    fire, volcano: anger, rage, hell, heat
    bed, waning crescent moon: sleep, dream, dreams, bedtime, bedroom, pillow, blanket, cushion, mattress
    night with stars, waning crescent moon: night, midnight, night sky, starry night
    hourglass done, mantelpiece clock: time, hour, minute, future, past, history
    money bag, coin: money, cash, wealth, rich, dollars
    soccer ball, trophy: sport, sports, football player, athlete, game
    artist palette, paintbrush: artist, painter, artwork, color, colour, colors
    globe showing americas, globe showing europe africa: world, earth, planet earth, country, nation, continent
    chair, fork and knife with plate: table, dining table, dinner table, dining room, tablecloth, desk, bench, stool
    jar, amphora: vase, pottery, urn
    cloud, sun: sky, skies, blue sky, horizon
    seedling, herb: grass, lawn, weed, weeds, moss, fern, ivy, vine, twig, stem, sprout, seed, seeds, soil, branch
    dagger, crossed swords: sword, swords, blade, katana, spear
    firecracker, dagger: bomb, dynamite, explosion, explosive, grenade, rifle, weapon, tank, cannon
    glass of milk, ice: fridge, refrigerator, freezer
    cooking, pot of food: oven, stove, microwave, toaster, cooker, pan
    shower, bathtub: sink, bath, faucet, tap, towel
    toilet, bathtub: bathroom, washroom, restroom
    couch and lamp, television: living room, lounge, room, carpet, rug, curtain, curtains, furniture
    meat on bone, bacon: sausage, sausages, ham, steak, beef, pork, hotdog
    elephant, lion: zoo, safari, wildlife
    toothbrush: tooth, teeth
    meat on bone, dog: bone, bones
    paintbrush, toothbrush: brush
    knot: rope, string, belt
    turkey, flamingo: ostrich, emu, stork, heron, crane
    worm, bug: caterpillar, larva, maggot, grub, centipede
    beetle, bug: insect, insects, flea, tick
    mouse, badger: mole, weasel, ferret, mongoose, squirrel, meerkat
    ox, bison: yak, bull, cattle
    hyacinth, tulip: lily, lilies, iris, daffodil, orchid, lavender flower, violet flower
    broccoli, leafy green: celery, spinach, cauliflower, cabbage, lettuce, kale, vegetable, vegetables
    grapes, peach: plum, plums, raspberry, blackberry, berry, berries, fruit, fruits, fig
    red apple, banana: fruit basket, fruit salad
    honey pot, bread: jam, marmalade, toast
    tropical drink, cup with straw: juice, lemonade, soda, smoothie, drink, drinks
    tractor, horse: wagon, carriage, cart, trailer, chariot
    ship, orca: submarine
    chains, locked: prison, jail, prisoner, cage
    brick, door: wall, fence, gate, floor, roof, building block
    ring, gem stone: bracelet, necklace, earring, earrings, jewel, jewelry, jewellery, diamond ring
    performing arts, joker: mask, masks, clown, actor, puppet, circus clown
    mountain, snow capped mountain: hill, hills, cliff, valley, cave, canyon, plains, land
    coral, spiral shell: seaweed, reef
    oyster, spiral shell: clam, seashell, mussel
    snake, worm: eel
    gear, locomotive: engine, engines, motor, machine, machines, mechanism
    headphone, hair pick: ear, ears
    fish, horse: seahorse, sea horse
    fountain, droplet: waterfall, puddle, stream, well
    glowing star, shield: hero, superhero, superman, batman, spiderman, heroine
    castle, japanese castle: palace, fortress, kingdom
    palm tree, evergreen tree: forest, woods, jungle, rainforest
    potted plant, blossom: garden, park, nature, spring, plant, meadow
    beach with umbrella, sun: summer, holiday, vacation, seaside
    snowflake, snowman: winter, cold, christmas eve, frost
    maple leaf, fallen leaf: autumn, fall
    christmas tree, wrapped gift: christmas, santa, santa claus, xmas
    cityscape, office building: city, town, street, village, building site
    motorway, railway track: road, path, highway, way
    lotus, fountain: river, lake, pond
    ship, anchor: sailor, captain, mermaid
    meat on bone, pizza: food, dinner, lunch, meal, breakfast, restaurant
    light bulb, crystal ball: idea, thought, mind, brain, knowledge, wisdom
    boxing glove, paw prints: hand, hands, foot, feet, arm, leg, finger, body, fist, knee, elbow, shoulder
    paw prints, wing: tail, claw, claws, paw, fur
    glasses, sunglasses: eye, eyes
    lipstick, mirror: mouth, lips, beauty, makeup, nose, smile
    hair pick, barber pole: hair, beard, moustache, head
    tornado, cloud with lightning: storm, thunder, thunderstorm, wind
    dove, sunrise: peace, hope, freedom
    microscope, test tube: science, scientist, lab, laboratory, chemistry
    laptop, keyboard: internet, programmer, hacker, code, software
""")
