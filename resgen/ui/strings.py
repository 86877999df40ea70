"""Every sentence the page shows. Read by the tabs."""

TITLE = "resgen"
TAGLINE = (
    "Residual convolutional networks that write, draw and speak. "
    "Small, open, trained from scratch, running on **{device}**."
)

TEXT_TAB = "Write"
TOPIC = "What is it about?"
TOPIC_HINT = "Key words, or: a girl called Zara, no dogs"
PROMPT = "How does it begin? (optional)"
PROMPT_HINT = "Leave it empty, or begin: Once upon a time, a little red car"
WRITE = "Write a story"
STOP = "Stop"
STORY = "Story"
STORY_HINT = "Press “Write a story”."
DOWNLOAD = "Download"
KEEP_SEED = "Keep this seed"
SEED = "Seed"
NEW_SEED = "New seed every time"
MORE = "More settings"
USED = "Settings of this text"
EXAMPLES = "Or try a topic"
WRITING = "Writing …"
DRAWING = "Drawing …"
SPEAKING = "Speaking …"
STATUS = "{words} words · {seconds:.1f} s · {rate:.0f} tokens/s · seed {seed}"
NO_ROOM = "The result could not be written: the server has no room for files. Try again later."
TOO_MANY_PRESSES = "You have pressed this several times already; wait for the result."
NO_TIME = "The time of a press must be a number."
WAITING = "In line: {ahead} before you"
OF_VARIANTS = " · {count} variants"
WORDS = "Length in words"
CONTINUE = "Continue"
VARIANT = "Variant"
WEIGH = "How sure was it?"
WEIGH_HELP = (
    "The stronger the colour, the less likely the word was, given all before it. Point at a word, touch it or go to it "
    "with the arrow keys to see what else the network weighed."
)
WEIGHED_ALONE = "“{text}” {chance}"
WEIGHED = "“{text}” {chance}, weighed against: {others}"
SPACE = "(space)"
END = "(the end)"
NOTHING_WRITTEN = "Nothing is written yet: press “Write a story” first."
FINISHED = " · the end"
FOCUS = "Topic focus"
TEMPERATURE = "Temperature"
MIN_P = "Min-p"
TOP_P = "Top-p"
TOP_K = "Top-k"
REPETITION_PENALTY = "Repetition penalty"
DRY = "Repeated sequences (DRY)"
COHERENCE = "Coherence"
VARIANTS = "Variants"
TOPICS = ["car, rain, friend", "dragon, cake", "train, snow", "robot, garden", "boat, storm, lighthouse", "owl, moon"]

MARK = "Which words are what?"
MARK_OTHERS = "Which words of your own text are vehicles, food, …?"
MARK_WHICH = "What to look for"
MARK_ALL = "everything"
MARK_OWN = "English text"
MARK_GO = "Mark its words"
CATEGORY_PEOPLE = "people"
CATEGORY_ANIMALS = "animals"
CATEGORY_VEHICLES = "vehicles"
CATEGORY_FOOD = "food"
CATEGORY_PLANTS = "plants"
CATEGORY_PLACES = "places"
CATEGORY_BODY = "body"
CATEGORY_CLOTHING = "clothing"
CATEGORY_THINGS = "things"
CATEGORY_TIME = "time"
CATEGORY_FEELINGS = "feelings"
MARKED = "Words that name something"
NOTHING_TO_MARK = "There is no text yet: write a story, or put in a text of your own."

IMAGE_TAB = "Draw"
DRAW_PROMPT = "What shall it draw?"
DRAW_HINT = "A thing, such as a blue owl; an emoji; photo of a horse; or empty for a surprise"
DRAW_EXAMPLES = ["red car", "blue owl", "black rose", "photo of a horse", "birthday cake", "🚀", "紫色的猫"]
DRAW_EXAMPLES_LABEL = "Or try one of these"
DRAW = "Draw"
STYLE = "Style"
MIX = "mix"
PHOTO = "photo"
QUALITY = "Quality"
FAST = "fast"
FINE = "fine"
COUNT = "Pictures"
VARIETY = "Variety"
GUIDANCE = "Word focus"
PICTURES = "Pictures"
PICTURE_ALT = "{prompt}, in the style {style}"
SURPRISE_ALT = "a surprise"
SHEET = "Download all"
USED_DRAWING = "Settings of these pictures"
DRAWN = "{count} pictures · step {done} of {total} · {seconds:.1f} s · seed {seed}"
BLENDING = "Blend two things"
BLEND = "Blend it with"
BLEND_HINT = "A second thing, such as: owl"
BALANCE = "How much of the second"
STRIP = "Film strip from the first to the second"
BEGINNING = "Begin from a picture"
GIVEN = "A small picture, yours or one of those drawn"
STRENGTH = "How much is drawn anew"
AVOID = "Keep away from"
ANIMATION = "Animation"
VARY = "Variations of the chosen picture (click one)"
ILLUSTRATE = "Illustrate it"
NOTHING_TO_DRAW = "This story names nothing that the painter knows."
SURPRISE = "Nothing was named, so here is something of everything."

SPEECH_TAB = "Speak"
SPEAK_TEXT = "What shall it say?"
SPEAK_HINT = "English text, up to 20,000 characters"
SPEAK_EXAMPLES = {
    "HELLO": "Hello! I am a small residual network, and I have just learned to speak.",
    "A_STORY": "Once upon a time, a little red car drove through the rain. It was looking for a friend.",
    "NUMBERS": "The train leaves at 7:45 pm on May 3rd and costs $12.50.",
    "TONGUE_TWISTER": "She sells sea shells by the sea shore. Are they sure that she does?",
    "OWN_SOUND": "My name is [resgen](/ɹˈɛzʤɛn/), and I read whatever you write.",
}
SPEAK_EXAMPLES_LABEL = "Or let it say one of these"
HELLO = "Hello"
A_STORY = "A story"
NUMBERS = "Numbers"
TONGUE_TWISTER = "A tongue twister"
OWN_SOUND = "A sound of your own"
SPEAK = "Speak"
VOICE = "Voice"
VOICE_HINT = "Choose one, and it introduces itself"
INTRODUCTION = "Hello, I am {name}. What shall I read to you?"
SECOND_VOICE = "Mixed with"
NO_SECOND_VOICE = "nobody"
VOICE_BALANCE = "How much of the second voice"
LIVELINESS = "Liveliness"
SPEED = "Speed"
PITCH = "Pitch"
SPECTROGRAM = "Mel spectrogram"
SPECTROGRAM_ALT = "Mel spectrogram of what was said: time from left to right, pitch upwards, loud is bright"
ENLARGE = "Full screen"
SUBTITLES = "Subtitles"
PHONEMES = "Phonemes"
PHONEMES_HINT = "How each sentence was pronounced; change it and listen"
SAY_PHONEMES = "Say these phonemes"
SPOKEN = "sentence {done} of {total} · {audio:.1f} s of sound in {seconds:.2f} s · seed {seed}"
USED_SPEAKING = "Settings of this sound"
READ_ALOUD = "Read it aloud"

VOICE_HEART = "Heart · American, female, warm"
VOICE_BELLA = "Bella · American, female, bright"
VOICE_MICHAEL = "Michael · American, male, calm"
VOICE_FENRIR = "Fenrir · American, male, lively"
VOICE_EMMA = "Emma · British, female"
VOICE_GEORGE = "George · British, male"

LISTEN_TAB = "Listen"
LISTEN_SOUND = "Say something in English, or put in a file"
LISTEN_PRIVACY = "The sound goes to the server that shows this page and nowhere else; it deletes it within two hours."
LISTEN = "Listen"
LISTENING = "Listening …"
LISTENED = "{words} words · {audio} s of sound in {seconds:.2f} s"
BEAM = "Readings followed"
HEARD = "What it heard"
HEARD_HINT = "Speak into the microphone; when you stop, the words stand here."
HEARD_HELP = "The stronger the colour, the less sure the network was of a word. Press a word to hear it again."
HEARD_WORD = "“{text}” at {start:.1f} s, {chance:.0%} sure"
NO_SOUND = "There is no sound yet: say something, or put in a file."
NOTHING_HEARD = "Nothing was heard yet: say something first."
SUBTITLE_FILE = "Subtitles (SRT)"
WRITE_ABOUT = "Write a story about it"
DRAW_HEARD = "Draw it"
SAY_HEARD = "Say it in another voice"

OTHER_LANGUAGE = "[中文](?lang=zh)"
SOURCE = "[Source]({address}/tree/main)"
DUPLICATE = "[Duplicate this Space]({address}?duplicate=true)"
MODEL_CARDS = "[Models](?tab=about)"

SURPRISE_ME = "Surprise me"
COPY_LINK = "Copy link"
HISTORY = "Your results ({count})"
HISTORY_HELP = "Kept in this browser only. A click makes one again."
HISTORY_CLEAR = "Clear history"
FILE_HELP = "Drop a file that was downloaded here onto the page, and its settings come back; or"
FILE_CHOOSE = "choose one."
FILE_RESTORED = "The settings of this file are in the form: press the button to make it again."
FILE_WITHOUT = "There are no settings in this file. PNG, WebP, WAV and text files that were downloaded here have them."
RESTORED = "The form is filled in."
SETTINGS_UNREADABLE = "These settings cannot be read."
UNKNOWN_SETTINGS = "There are no such settings, so they are left out: {names}."
SETTINGS_NOT_HERE = "The form has no place for these, so they are left out: {names}."
OTHER_MODEL = "It was made by another model, {name}: what comes now differs."
NOTHING_YET = "There is no result yet."
LINK_COPIED = "The link to this result is copied."
LINK_WITHOUT_PICTURE = "The link is copied; the picture you began from is too large for it."
LINK_NOT_COPIED = "The link could not be copied: the browser does not allow it."
LINK_TOO_LONG = "The text is too long for a link. Download the result: its file brings everything back."
NO_SUCH_TAB = "The link names a room that this page does not have."
ABOUT_TAB = "About"
MODEL = "- **{name}**: {parameters:,} parameters in a file of {megabytes:.1f} MB. Learned from: {data}."
ABOUT = """
## What you see
A **residual network** (ResNet) adds what each layer finds to a stream: `x + f(x)`. It was invented to recognise
pictures; here it writes, draws and speaks. Nothing is fetched from the internet: the networks ship with the page and
run on {device}.

## How it writes
1. **Deep convolutional layers** look at the last few tokens (pieces of words) and extract features.
2. **Residual connections** carry these on, layer after layer: a **stacked convolutional network**.
3. A **recurrent network** with a matrix as its memory keeps what happened so far: who is there, what they want. It
needs the same time and memory for every token, however long the story.
4. The sum is turned into probabilities for the next token, one is drawn, and all begins again.

The topic works because every training story came with a few key words of its own, so the network learned to write
towards them. Until a story has named a key word a few times, what that word adds to each prediction is amplified
(**guidance**).

Twelve thousand stories are few. So at last it learned from a **teacher**, a GPT seventeen times as large, what that
would go on with at each place of them (**distillation**).

## How it draws
1. Residual convolutions read your words **letter by letter and word by word**; a word they never saw is read by its
letters alone.
2. The picture begins as pure noise. Step by step a **residual U-Net** guesses the clean picture from the noisy one,
the words and the style, and moves a little way towards it (**flow matching**). It works on a grid of 8 x 8 codes.
3. A **residual autoencoder**, trained before on many pictures, turns the codes into 64 x 64 pixels.
4. A **residual upscaler** draws the finished picture anew at four times the size, with sharp edges.

Half of the pictures it saw in its last training were recoloured, or show several things, so it
knows what you mean by a blue owl. Of two cats or a cat and a dog it has only a rough idea.

Every seed is other noise. Where words and style leave little room, the pictures hardly differ.

**Photographs** are of another network of the same kind, which learned a hundred and ten things from small photographs
and paints in their pixels, 32 x 32. Ask for a photo of a horse, or choose the style *photo*.

## How it speaks
1. Rules, a dictionary and a small network turn spelling into **phonemes** (hibari's G2P, the only part not ours).
2. The **acoustic model**, a stacked residual convolutional network, tells how long and how loud each phoneme is, at
which pitch, and what the **mel spectrogram** looks like, 80 times a second. A **voice** is one vector in it; mixed
vectors make mixed voices.
3. The **vocoder**, another one, makes sound of it: it filters pulses at that pitch (the voice) and noise (the breath).

Both learned from larger networks' voices. Set a word's sound yourself: `[tomato](/təmˈɑTO/)`.

## What the parts are worth
Networks of one size, each trained on the same four million tokens of stories: how many bits they need, on average, for
a byte of a story they never saw, and what a token costs early and late in a text. Nothing in a residual network grows
with the text; a GPT looks back at all of it.

{kinds}

{levers}
"""
MODELS = """
## The models
{models}

Loaded in {load_seconds:.1f} s. The writer knows stories for small children only, the painter knows emoji and a hundred
and ten things in small photographs. They make mistakes a child would notice. The voices read English only.
"""
CODE = """
## Use them from your code
```python
import resgen
print(resgen.load("text").write("Once upon a time", topic="car, rain", seed=1).text)
resgen.load("image").draw("red car", style="noto", seed=1).images()[0].save("car.png")
resgen.load("speech").speak("Hello there.", seed=1).save("hello.wav")
```
"""
