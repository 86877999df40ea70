"""What "Surprise me" puts into a room's boxes, by language: topic and beginning of a story; what to draw; what to say.
Read by the tabs."""

WRITE = {
    "en": [
        ["owl, lantern", "The little owl was afraid of the dark."],
        ["dragon, cake, birthday", "Nobody had ever come to the dragon's birthday."],
        ["robot, garden, seeds", "The old robot had never seen a flower."],
        ["boat, storm, friend", "Sam had built a boat out of a wooden box."],
        ["snow, mittens", "When Lily woke up, the whole street was white."],
        ["bear, honey, no bees", "Once upon a time, there was a bear who was always hungry."],
        ["a girl called Zara, piano", ""],
        ["moon, ladder", "“I want to touch the moon,” said Tim."],
    ],
    "zh": [
        ["猫头鹰，月亮", ""],
        ["龙，蛋糕，朋友", ""],
        ["机器人，花园", ""],
        ["小船，风，大海", ""],
        ["雪，兔", ""],
        ["国王，魔法", ""],
    ],
}
DRAW = {
    "en": [
        "two blue owls",
        "a pink dragon",
        "golden teapot",
        "photo of a fox",
        "green rocket and a moon",
        "purple cactus",
        "three strawberries",
        "photo of a castle",
        "orange whale",
        "rainbow umbrella",
        "🦖",
    ],
    "zh": ["紫色的龙", "蓝色的鲸鱼", "三个苹果", "金色的茶壶", "马的照片", "红色的火箭", "绿色的猫头鹰", "生日蛋糕"],
}
# The voices read English only.
SPEAK = {
    "en": [
        "The lighthouse had been dark for thirty years. Then, on the first night of winter, a light went on. Nobody in "
        "the village said a word about it; but everybody looked.",
        "Two cups of flour, a pinch of salt, three eggs, and half a litre of milk. Stir until no lumps are left, and "
        "let it rest for 20 minutes. The first pancake is never a good one!",
        "Good evening. Here is the weather for Saturday, May 4th: rain until 3 pm, then sun, with up to 17°C. On "
        "Sunday it will be windy. Hold on to your hats.",
        "“Who's there?” asked the mouse. “It is only me,” said the moon. “I came to see how you sleep.” “I don't,” "
        "said the mouse. “You are far too bright.”",
        "Dear visitor, the museum closes in ten minutes. Please make your way to the exit, and do not wake the "
        "dinosaurs. They had a long day. Thank you!",
        "A residual network adds what each layer finds to a stream. Nothing is thrown away; it only grows richer. "
        "Perhaps that is how one should learn.",
    ],
}
