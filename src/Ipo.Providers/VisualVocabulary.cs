namespace Ipo.Providers;

/// <summary>Ways in which pictures differ apart from the class shown, in words that stand in captions. The embedded captioner looks
/// which of them fit an image, the embedded proposer builds templates from them, and neither knows a dataset.</summary>
/// <remarks>The facets are those of CLIP's own hand-written templates (medium, quality, size, number, setting; openai/CLIP,
/// notebooks/Prompt_Engineering_for_ImageNet.ipynb) and the category, which CLIP's authors name for classes with an ambiguous
/// name ("a type of pet"; Radford et al. 2021, section 3.1.4). Each entry reads on after "a …" or behind the class as it stands.</remarks>
public static class VisualVocabulary
{
    /// <summary>What the picture is: "a … of a thing".</summary>
    public static IReadOnlyList<string> Media { get; } =
    [
        "photo", "picture", "image", "snapshot", "close-up photo", "macro photo", "aerial photo", "satellite photo", "x-ray", "negative", "screenshot",
        "drawing", "sketch", "pencil sketch", "pencil drawing", "line drawing", "ink drawing", "charcoal drawing", "chalk drawing", "crayon drawing",
        "doodle", "cartoon", "illustration", "clip art picture", "diagram", "blueprint", "icon", "silhouette", "outline",
        "painting", "oil painting", "watercolor painting", "mural", "graffiti", "poster", "print", "ink stamp", "woodcut", "engraving",
        "pixel art image", "computer rendering", "video game image", "neon sign", "hologram",
        "mosaic", "stained glass window", "embroidery", "tapestry", "collage", "paper cutout", "origami", "sculpture", "statue", "wood carving",
        "plastic model", "plush toy", "toy", "tattoo", "texture", "pattern",
    ];

    /// <summary>How well it shows the thing: "a … photo".</summary>
    public static IReadOnlyList<string> Qualities { get; } =
    [
        "blurry", "sharp", "pixelated", "low-resolution", "high-resolution", "noisy", "grainy", "foggy", "hazy", "faded", "low-contrast", "high-contrast",
        "dark", "dim", "bright", "overexposed", "underexposed", "inverted", "negative", "posterized", "cropped", "rotated", "tilted", "upside-down",
        "good", "bad", "plain", "simple", "detailed", "rough", "old", "vintage", "corrupted", "glowing", "cluttered", "close-up",
    ];

    /// <summary>Which colours it has: "a … photo".</summary>
    public static IReadOnlyList<string> Colours { get; } =
    [
        "black-and-white", "grayscale", "sepia", "colorful", "monochrome", "pale", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown",
    ];

    /// <summary>The light it is in: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Lightings { get; } =
    [
        "in bright light", "in dim light", "in the dark", "at night", "in daylight", "in sunlight", "in fog", "in the snow", "in the rain", "under neon light",
    ];

    /// <summary>What is behind the thing: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Backgrounds { get; } =
    [
        "on a white background", "on a black background", "on a dark background", "on a gray background", "on a blue background", "on a green background",
        "on a plain background", "on a cluttered background", "on a blackboard", "on paper", "on cloth", "on a wall", "on a table", "on grass", "in the water",
        "against the sky", "in a field", "in a room", "on a street", "indoors", "outdoors",
    ];

    /// <summary>From where it is seen: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Viewpoints { get; } =
    [
        "seen from the side", "seen from the front", "seen from above", "seen from below", "seen from far away", "seen up close", "in the center", "in a corner",
    ];

    /// <summary>What kind of thing it is: "a photo of a thing, a type of …".</summary>
    public static IReadOnlyList<string> Categories { get; } =
    [
        "animal", "pet", "dog", "cat", "bird", "fish", "insect", "reptile", "sea creature", "farm animal", "wild animal",
        "plant", "flower", "tree", "leaf", "fruit", "vegetable", "food", "dish", "drink",
        "vehicle", "car", "aircraft", "boat", "machine", "tool", "device", "appliance", "household object", "kitchen utensil", "furniture", "container",
        "musical instrument", "toy", "game", "sports equipment", "clothing", "accessory", "jewelry", "weapon",
        "building", "structure", "landmark", "place", "scene", "room", "landscape", "land use", "weather", "natural phenomenon",
        "person", "body part", "action", "sport", "material", "texture", "pattern", "symbol", "shape",
    ];
}
