"""Every sentence the page shows. Read by the tabs."""

TITLE = "resgen"
TAGLINE = "Residual convolutional networks that write. Small, open, trained from scratch, running on **{device}**."

TEXT_TAB = "Write"
TOPIC = "What is it about?"
TOPIC_HINT = "Key words, separated by commas"
PROMPT = "How does it begin? (optional)"
PROMPT_HINT = "Leave it empty, or begin: Once upon a time, a little red car"
WRITE = "Write a story"
STOP = "Stop"
STORY = "Story"
STORY_HINT = "Press “Write a story”."
DOWNLOAD = "Download"
KEEP_SEED = "Keep this seed"
NEW_SEED = "New seed every time"
MORE = "More settings"
USED = "Settings of this text"
EXAMPLES = "Or try a topic"
STATUS = "{done} of at most {total} tokens · {seconds:.1f} s · {rate:.0f} tokens/s · seed {seed}"
FINISHED = " · the end"
TOPICS = ["car, rain, friend", "dragon, cake", "robot, garden", "boat, storm, lighthouse", "owl, moon, secret"]

ABOUT_TAB = "About"
ABOUT = """
### What you see
A **residual network** (ResNet) adds what each layer finds to a stream: `x + f(x)`. It was invented to recognise
pictures; here it writes. Nothing is fetched from the internet: the network ships with the page and runs on
{device}.

### How it writes
1. **Deep convolutional layers** look at the last few tokens (pieces of words) and extract features.
2. **Residual connections** carry these on, layer after layer: a **stacked convolutional network**.
3. A **recurrent network** with a matrix as its memory keeps what happened so far: who is there, what they want. It
needs the same time and memory for every token, however long the story.
4. The sum is turned into probabilities for the next token, one is drawn, and all begins again.

The topic works because every training story came with a few key words of its own, so the network learned to write
towards them.

### The model
**{name}**: {parameters:,} parameters in a file of {megabytes:.1f} MB, loaded in {load_seconds:.1f} s.
Learned from: {data}.

It learned from stories for small children only. It knows nothing of the world, and it makes mistakes a child would
notice.

### Use it from your code
```python
import resgen
writer = resgen.load("text")
print(writer.write("Once upon a time", topic="car, rain", seed=1).text)
```
"""
