"""The sentences of `resgen.ui.strings` in Chinese, what the engines say, and the help of their settings. Read by
`resgen.ui.i18n`."""

TAGLINE = "会写作、绘画和说话的残差卷积网络。小巧、开放、从零训练，运行在 **{device}** 上。"

TEXT_TAB = "写作"
TOPIC = "关于什么？"
TOPIC_HINT = "关键词，如：汽车，雨；或：a girl called Zara, no dogs"
PROMPT = "怎样开头？（可不填）"
PROMPT_HINT = "可以留空，或用英文开头：Once upon a time, a little red car"
WRITE = "写一个故事"
STOP = "停止"
STORY = "故事"
STORY_HINT = "按“写一个故事”。"
DOWNLOAD = "下载"
KEEP_SEED = "保留这个种子"
NEW_SEED = "每次用新种子"
SEED = "种子"
MORE = "更多设置"
USED = "这篇文字的设置"
EXAMPLES = "或试试一个主题"
WRITING = "正在写……"
DRAWING = "正在画……"
SPEAKING = "正在说……"
STATUS = "{words} 个词 · {seconds:.1f} 秒 · 每秒 {rate:.0f} 个词元 · 种子 {seed}"
NO_ROOM = "结果无法保存：服务器没有空间了。请稍后再试。"
TOO_MANY_PRESSES = "您已经按了好几次，请等待结果。"
NO_TIME = "按下的时间必须是数字。"
WAITING = "排队中：前面还有 {ahead} 个"
OF_VARIANTS = " · {count} 个版本"
WORDS = "长度（词数）"
CONTINUE = "继续写"
VARIANT = "版本"
WEIGH = "它有多确定？"
WEIGH_HELP = "颜色越深，这个词在前文之后越出人意料。指向、触摸或用方向键选中一个词，可以看到网络还考虑过什么。"
WEIGHED = "“{text}” {chance}，还考虑过：{others}"
WEIGHED_ALONE = "“{text}” {chance}"
SPACE = "（空格）"
END = "（结束）"
NOTHING_WRITTEN = "还没有写出什么：请先按“写一个故事”。"
FINISHED = " · 完"
FOCUS = "主题强度"
TEMPERATURE = "温度"
MIN_P = "Min-p"
TOP_P = "Top-p"
TOP_K = "Top-k"
REPETITION_PENALTY = "重复惩罚"
DRY = "重复词串（DRY）"
COHERENCE = "连贯"
VARIANTS = "版本数"

IMAGE_TAB = "绘画"
DRAW_PROMPT = "画什么？"
DRAW_HINT = "一样东西，如：蓝色的猫头鹰；一个表情符号；留空则随意画"
DRAW_EXAMPLES_LABEL = "或试试这些"
DRAW = "画"
STYLE = "风格"
MIX = "混合"
PHOTO = "照片"
QUALITY = "质量"
FAST = "快"
FINE = "细"
COUNT = "张数"
VARIETY = "变化"
GUIDANCE = "词语强度"
PICTURES = "图画"
PICTURE_ALT = "{prompt}，{style} 风格"
SURPRISE_ALT = "随意画的东西"
SHEET = "全部下载"
USED_DRAWING = "这些图画的设置"
DRAWN = "{count} 张 · 第 {done} 步，共 {total} 步 · {seconds:.1f} 秒 · 种子 {seed}"
BLENDING = "混合两样东西"
BLEND = "与什么混合"
BLEND_HINT = "第二样东西，如：猫头鹰"
BALANCE = "第二样占多少"
STRIP = "从第一样到第二样的连环画"
BEGINNING = "从一张图开始"
GIVEN = "一张小图，您自己的或刚画的"
STRENGTH = "重画多少"
AVOID = "避开什么"
ANIMATION = "动画"
VARY = "所选图画的变化（先点一张）"
ILLUSTRATE = "画插图"
NOTHING_TO_DRAW = "这个故事里没有画家认识的东西。"
SURPRISE = "没有指定什么，所以各画一点。"

SPEECH_TAB = "说话"
SPEAK_TEXT = "说什么？"
SPEAK_HINT = "英文，最多 20,000 个字符"
SPEAK_EXAMPLES_LABEL = "或让它说这些"
HELLO = "你好"
A_STORY = "一个故事"
NUMBERS = "数字"
TONGUE_TWISTER = "绕口令"
OWN_SOUND = "自定读音"
SPEAK = "说"
VOICE = "声音"
VOICE_HINT = "选一个，它会自我介绍"
SECOND_VOICE = "混入"
NO_SECOND_VOICE = "无"
VOICE_BALANCE = "第二个声音占多少"
LIVELINESS = "生动程度"
SPEED = "速度"
PITCH = "音高"
SPECTROGRAM = "梅尔频谱图"
SPECTROGRAM_ALT = "所说内容的梅尔频谱图：横轴时间，纵轴音高，亮处响"
ENLARGE = "全屏"
SUBTITLES = "字幕"
PHONEMES = "音素"
PHONEMES_HINT = "每句话的读音；可以改了再听"
SAY_PHONEMES = "说这些音素"
SPOKEN = "第 {done} 句，共 {total} 句 · {audio:.1f} 秒声音，用时 {seconds:.2f} 秒 · 种子 {seed}"
USED_SPEAKING = "这段声音的设置"
READ_ALOUD = "朗读"
MARK = "哪些词是什么？"
MARK_OTHERS = "您自己的英文里，哪些词是车辆、食物……？"
MARK_WHICH = "找什么"
MARK_ALL = "全部"
MARK_OWN = "英文"
MARK_GO = "标出这些词"
MARKED = "有所指的词"
NOTHING_TO_MARK = "还没有文字：先写一个故事，或放入您自己的文字。"
CATEGORY_PEOPLE = "人物"
CATEGORY_ANIMALS = "动物"
CATEGORY_VEHICLES = "车辆"
CATEGORY_FOOD = "食物"
CATEGORY_PLANTS = "植物"
CATEGORY_PLACES = "地点"
CATEGORY_BODY = "身体"
CATEGORY_CLOTHING = "衣物"
CATEGORY_THINGS = "物品"
CATEGORY_TIME = "时间"
CATEGORY_FEELINGS = "感受"
VOICE_HEART = "Heart · 美式，女声，温暖"
VOICE_BELLA = "Bella · 美式，女声，明亮"
VOICE_MICHAEL = "Michael · 美式，男声，平静"
VOICE_FENRIR = "Fenrir · 美式，男声，活泼"
VOICE_EMMA = "Emma · 英式，女声"
VOICE_GEORGE = "George · 英式，男声"

LISTEN_TAB = "听写"
LISTEN_SOUND = "用英语说点什么，或放入一个文件"
LISTEN_PRIVACY = "声音只发送到显示本页的服务器，两小时内即被删除。"
LISTEN = "听"
LISTENING = "正在听……"
LISTENED = "{words} 个词 · {audio} 秒声音，用时 {seconds:.2f} 秒"
BEAM = "同时跟踪的读法"
HEARD = "听到的话"
HEARD_HINT = "对着麦克风说英语；停止后，文字会出现在这里。"
HEARD_HELP = "颜色越深，网络对这个词越没有把握。按一个词可以再听一遍。"
HEARD_WORD = "“{text}”，{start:.1f} 秒处，把握 {chance:.0%}"
NO_SOUND = "还没有声音：请先说话，或放入一个文件。"
NOTHING_HEARD = "还没有听到什么：请先说话。"
SUBTITLE_FILE = "字幕（SRT）"
WRITE_ABOUT = "写一个关于它的故事"
DRAW_HEARD = "画出来"
SAY_HEARD = "换个声音说"

OTHER_LANGUAGE = "[English](?lang=en)"
SOURCE = "[源代码]({address}/tree/main)"
DUPLICATE = "[复制这个 Space]({address}?duplicate=true)"
MODEL_CARDS = "[模型](?tab=about)"

SURPRISE_ME = "给我惊喜"
COPY_LINK = "复制链接"
HISTORY = "您的结果（{count}）"
HISTORY_HELP = "只保存在这个浏览器里。点一下就重做一次。"
HISTORY_CLEAR = "清除记录"
FILE_HELP = "把从这里下载的文件拖到页面上，就能找回它的设置；或"
FILE_CHOOSE = "选择一个文件。"
FILE_RESTORED = "这个文件的设置已填好：按下按钮就能重做。"
FILE_WITHOUT = "这个文件里没有设置。从这里下载的 PNG、WebP、WAV 和文本文件里有。"
RESTORED = "表单已填好。"
SETTINGS_UNREADABLE = "这些设置读不懂。"
UNKNOWN_SETTINGS = "没有这些设置，所以略去了：{names}。"
SETTINGS_NOT_HERE = "表单里没有这些设置的位置，所以略去了：{names}。"
OTHER_MODEL = "它是另一个模型 {name} 做的：现在的结果会不同。"
NOTHING_YET = "还没有结果。"
LINK_COPIED = "这个结果的链接已复制。"
LINK_WITHOUT_PICTURE = "链接已复制；您开始用的那张图太大，放不进链接。"
LINK_NOT_COPIED = "链接无法复制：浏览器不允许。"
LINK_TOO_LONG = "文字太长，放不进链接。请下载结果：文件能带回一切。"
NO_SUCH_TAB = "链接里的房间，这个页面没有。"
ABOUT_TAB = "关于"
MODEL = "- **{name}**：{parameters:,} 个参数，文件 {megabytes:.1f} MB。学习材料：{data}。"
ABOUT = """
## 这是什么
**残差网络**（ResNet）把每一层找到的东西加到一条数据流上：`x + f(x)`。它原本是为识别图片而发明的；
在这里它写作、绘画和说话。
不从互联网取任何东西：网络随页面一起提供，运行在 {device} 上。

## 怎样写作
1. **深层卷积层**看最近的几个词元（词的片段），提取特征。
2. **残差连接**把特征一层一层带下去：**堆叠卷积网络**。
3. 一个以矩阵为记忆的**循环网络**记住至今发生的事：谁在场，他们想要什么。无论故事多长，每个词元所需的时间和内存都一样。
4. 总和变成下一个词元的概率，抽取一个，然后重新开始。

主题之所以有效，是因为每个训练故事都带着自己的几个关键词，网络学会了朝着它们写。在故事几次提到一个关键词之前，
它对每次预测的影响会被放大（**引导**）。

一万两千个故事并不多。所以它最后向一位**老师**学习：一个十七倍大的 GPT 在每一处会怎样写下去（**蒸馏**）。

## 怎样绘画
1. 残差卷积**逐字母、逐词**读您的话；没见过的词只按字母读。
2. 图画从纯噪声开始。**残差 U-Net** 一步一步根据噪声图、词语和风格猜测干净的图，并朝它移动一点
（**流匹配**）。它在 8 x 8 的编码上工作。
3. 事先用许多图画训练的**残差自编码器**把编码变成 64 x 64 像素。
4. **残差放大器**把完成的图画重画成四倍大，边缘清晰。

它最后训练时看到的图画有一半改了颜色，或有好几样东西，所以它明白蓝色的猫头鹰是什么意思。对两只猫或一只猫和一只狗，它只有粗略的概念。

每个种子是不同的噪声。词语和风格留下的余地小时，图画几乎一样。

**照片**来自另一个同类的网络：它从小照片里学了一百一十样东西，直接画 32 x 32 的像素。说“马的照片”，或选“照片”这种风格。

## 怎样说话
1. 规则、词典和一个小网络把拼写变成**音素**（hibari 的 G2P，唯一不是我们做的部分）。
2. **声学模型**是堆叠残差卷积网络，它决定每个音素多长、多响、多高，以及**梅尔频谱**的样子，每秒 80 次。
**声音**是其中的一个向量；混合的向量就是混合的声音。
3. **声码器**也是这样的网络，把它变成声音：过滤那个音高的脉冲（嗓音）和噪声（气息）。

两者都向更大网络的声音学习。可以自己规定一个词的读音：`[tomato](/təmˈɑTO/)`。

## 各部分值多少
同样大小的网络，用同样四百万个词元的故事训练：对没见过的故事，平均每字节需要多少比特；一个词元在文章前部和后部要多少时间。
残差网络里没有什么随文章变长；GPT 要回看全文。

{kinds}

{levers}
"""
MODELS = """
## 模型
{models}

{load_seconds:.1f} 秒载入。写作者只知道给小孩子的英文故事，画家只认识表情符号，
以及小照片里的一百一十样东西。它们会犯小孩子也能看出的错。声音只会读英文。
"""
CODE = """
## 在您的代码里使用
```python
import resgen
print(resgen.load("text").write("Once upon a time", topic="car, rain", seed=1).text)
resgen.load("image").draw("red car", style="noto", seed=1).images()[0].save("car.png")
resgen.load("speech").speak("Hello there.", seed=1).save("hello.wav")
```
"""

# What engines say of a request, in English with fields -> in Chinese with the same fields.
SAID = {
    "CPU, {count} thread": "CPU，{count} 线程",
    "CPU, {count} threads": "CPU，{count} 线程",
    "{name} must be a number from {low} to {high}; it is {value}.": (
        "{name} 必须是 {low} 到 {high} 的数；现在是 {value}。"
    ),
    "{name} must be a whole number from {low} to {high}; it is {value}.": (
        "{name} 必须是 {low} 到 {high} 的整数；现在是 {value}。"
    ),
    "{name} must be one of {choices}; it is {value}.": "{name} 必须是其中之一：{choices}；现在是 {value}。",
    "{name} must be text; it is {value}.": "{name} 必须是文字；现在是 {value}。",
    "{name} has {count} characters; at most {most} are possible.": "{name} 有 {count} 个字符；最多可以有 {most} 个。",
    "topic has {count} key words; at most {most} are possible.": "主题有 {count} 个关键词；最多可以有 {most} 个。",
    "A topic has at most {most} words; left out: {words}.": "主题最多 {most} 个词；略去了：{words}。",
    "Taken as what it is to be about: {words}.": "理解为主题：{words}。",
    "Does not come in it: {words}.": "不会出现：{words}。",
    "Left out, for no story has read such words: {words}.": "略去了，因为故事里没有这样的词：{words}。",
    "Stories seldom or never say {word}; near to it: {words}.": "故事里很少或从不说 {word}；相近的有：{words}。",
    "Stories seldom or never say {word}.": "故事里很少或从不说 {word}。",
    "The text has {count} tokens; at most {most} can be weighed.": "文字有 {count} 个词元；最多可以分析 {most} 个。",
    "No word of {text} can be drawn. Name a thing in English or Chinese, or by its emoji, such as: red car.": (
        "{text} 里没有能画的词。请用中文、英文或表情符号说出一样东西，如：红色的汽车。"
    ),
    "blend must name the second thing, towards which the strip goes.": "请填写“与什么混合”：连环画要画到第二样东西。",
    "Kept away from: {words}.": "避开了：{words}。",
    "Never seen in training, read by its letters: {words}.": "训练时没见过，只按字母读：{words}。",
    "Left out, for it cannot be read: {words}.": "略去了，因为读不懂：{words}。",
    "Left out, for it makes no difference here: {words}.": "略去了，因为在这里没有区别：{words}。",
    "Read so: {words}.": "这样理解：{words}。",
    "What is meant by {word} it cannot draw; near to it are: {words}.": "它画不出{word}；相近的有：{words}。",
    "By {word} it understands what has to do with it, such as: {words}.": (
        "它把{word}理解为与之有关的东西，如：{words}。"
    ),
    "Grey is left out of what is blended in: a picture is grey as a whole or not at all.": (
        "混入的东西不能单独是灰色：整张图要么是灰色，要么不是。"
    ),
    "To keep away from something needs a guidance above 1.": "要避开什么，词语强度必须大于 1。",
    "The picture has {width} x {height} pixels; at most {most} are possible.": (
        "图片有 {width} x {height} 像素；最多可以有 {most}。"
    ),
    "The picture has too many pixels; at most {most} are possible.": "图片像素太多；最多可以有 {most}。",
    "There is no such picture file. {readable}.": "没有这个图片文件。可以读 PNG、JPEG、WebP、GIF 和 BMP。",
    "The file is not a picture that can be read. {readable}.": (
        "这个文件不是能读的图片。可以读 PNG、JPEG、WebP、GIF 和 BMP。"
    ),
    "The picture is damaged or not complete. {readable}.": "图片损坏或不完整。可以读 PNG、JPEG、WebP、GIF 和 BMP。",
    "A file must be one that was uploaded here; it may have been deleted since: upload it again.": (
        "文件必须是在这里上传的；它可能已被删除，请重新上传。"
    ),
    "There is nothing to say: write at least one word or number.": "没有可说的：请至少写一个英文词或数字。",
    "This voice reads English; it cannot read {words}. {rest}": "这个声音只读英文，读不了 {words}。请用拉丁字母写。",
    "Left out, for this voice reads English: {words}": "略去了，因为这个声音只读英文：{words}",
    "Left out, for sound lasts {minutes} minutes at most: all after that.": (
        "声音最长 {minutes} 分钟；略去了其后的内容。"
    ),
    "Left out, for it has no sound: {words}": "略去了，因为没有读音：{words}",
    "Left out, as it is markup: {words}": "略去了标记：{words}",
    "These phonemes cannot be spoken: there are none. Possible are: {all}": "没有音素可说。可以用：{all}",
    "These phonemes cannot be spoken: {phonemes}. Possible are: {all}": "这些音素说不出来：{phonemes}。可以用：{all}",
    "{word} cannot be spoken: {phonemes} is no phoneme. Possible are: {all}": (
        "{word} 说不出来：{phonemes} 不是音素。可以用：{all}"
    ),
    "A line of phonemes has more than {most} characters; write a sentence a line.": (
        "一行音素超过 {most} 个字符；请每行写一句。"
    ),
    "Nothing was said in these {seconds} seconds.": "这 {seconds} 秒里没有人说话。",
    "The file is empty: it has no bytes.": "文件是空的。",
    "The file is not sound, or is damaged: {works}.": "文件不是声音，或已损坏。可以用 WAV、FLAC、Ogg 和 MP3。",
    "The file is not sound that can be read here: {works}.": "这里读不了这个文件。可以用 WAV、FLAC、Ogg 和 MP3。",
    "You have {count} requests here already; wait for one of them, or stop it.": (
        "您在这里已有 {count} 个请求；请等其中一个完成，或停止它。"
    ),
    "{count} requests are being served; try again in a moment.": "正在处理 {count} 个请求；请稍后再试。",
}

# Help of settings, by request and name.
HELP = {
    "TextRequest_words": "写到这么多新词后，在句末结束，如果没有更早结束",
    "TextRequest_temperature": "0 总取最可能的词元，1 按学到的概率抽取",
    "TextRequest_top_k": "只在最可能的这么多个词元中抽取；0 = 全部",
    "TextRequest_top_p": "只在占这么多概率的最可能词元中抽取",
    "TextRequest_min_p": "只抽取概率至少是最可能者这么多倍的词元",
    "TextRequest_repetition_penalty": "使已有的词不太可能再出现；0 = 关",
    "TextRequest_dry": "使说过的词串不太可能再出现；0 = 关",
    "TextRequest_coherence": "避开此处说不通的词",
    "TextRequest_focus": "在每个关键词被多次提到之前，多强地要求它；1 = 按学到的",
    "TextRequest_variants": "一次写这么多篇；每篇的种子比前一篇大一",
    "TextRequest_seed": "同样的种子给出同样的结果；-1 随机抽取",
    "ImageRequest_count": "多少张图",
    "ImageRequest_guidance": "多强地遵循词语和风格；1 = 按学到的",
    "ImageRequest_variety": "各图在颜色、种类和姿态上相差多远；0 = 不变；-1 = 第一张不变，其余按 1",
    "ImageRequest_balance": "第二样占多少：0 = 没有，1 = 只有它",
    "ImageRequest_strength": "给出的图重画多少；1 = 全部",
    "ImageRequest_seed": "同样的种子给出同样的结果；-1 随机抽取",
    "ListenRequest_beam": "同时跟踪这么多种读法；1 = 每次只取最可能的字母",
    "SpeechRequest_speed": "2 是两倍快，0.5 是一半快",
    "SpeechRequest_pitch": "高一些或低一些，以半音计",
    "SpeechRequest_liveliness": "旋律起伏多大；0 是一个音",
    "SpeechRequest_balance": "从第一个声音 0 到第二个声音 1",
    "SpeechRequest_seed": "同样的种子给出同样的结果；-1 随机抽取",
}
