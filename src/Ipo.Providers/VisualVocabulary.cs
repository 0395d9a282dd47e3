namespace Ipo.Providers;

/// <summary>Ways in which pictures differ apart from the class shown, in words that stand in captions. The embedded
/// captioner looks which of them fit an image, the embedded proposer builds templates from them, and neither knows a
/// dataset.</summary>
/// <remarks>The facets are those of CLIP's own hand-written templates (medium, quality, size, number, setting;
/// openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb) and the category, which CLIP's authors name for
/// classes with an ambiguous name ("a type of pet"; Radford et al. 2021, section 3.1.4). Each entry reads on behind
/// <see cref="ArticleFor"/> or behind the class as it stands. Captions come in both spellings of English, and to CLIP
/// these are two words: both stand here.</remarks>
public static class VisualVocabulary
{
    /// <summary>What the picture is: "a … of a thing".</summary>
    public static IReadOnlyList<string> Media { get; } =
    [
        "photo", "picture", "image", "snapshot", "close-up photo", "macro photo", "aerial photo", "satellite photo", "x-ray", "negative",
            "screenshot",
        "thermal image", "infrared image", "microscope image", "foggy picture", "blurry picture",
        "drawing", "sketch", "pencil sketch", "pencil drawing", "line drawing", "ink drawing", "charcoal drawing", "chalk drawing",
            "crayon drawing",
        "pastel drawing", "doodle", "cartoon", "comic", "illustration", "clip art picture", "diagram", "blueprint", "icon", "silhouette",
            "outline", "stencil",
        "painting", "oil painting", "watercolor painting", "watercolour painting", "watercolor", "watercolour", "mural", "graffiti",
        "poster", "print", "newspaper print", "newspaper photo", "halftone print", "ink stamp", "rubber stamp", "woodcut", "linocut",
            "engraving", "etching",
        "pixel art", "pixel art image", "render", "rendering", "3d render", "computer rendering", "video game image", "neon sign",
            "hologram",
        "mosaic", "stained glass window", "embroidery", "tapestry", "collage", "paper cutout", "origami", "sculpture", "statue",
            "wood carving",
        "plastic model", "plush toy", "toy", "tattoo", "texture", "pattern",
    ];

    /// <summary>Of the media those that any photograph of a thing may be called.</summary>
    public static IReadOnlyList<string> Photographs { get; } =
        ["photo", "picture", "image", "snapshot", "close-up photo", "macro photo", "foggy picture", "blurry picture"];

    /// <summary>How well it shows the thing: "a … photo".</summary>
    public static IReadOnlyList<string> Qualities { get; } =
    [
        "blurry", "sharp", "pixelated", "low-resolution", "high-resolution", "noisy", "grainy", "foggy", "hazy", "faded", "low-contrast",
            "high-contrast",
        "dark", "dim", "bright", "overexposed", "underexposed", "inverted", "negative", "posterized", "cropped", "rotated", "tilted",
            "upside-down",
        "good", "bad", "plain", "simple", "detailed", "rough", "old", "vintage", "corrupted", "glowing", "cluttered", "close-up",
    ];

    /// <summary>Which colours it has: "a … photo".</summary>
    public static IReadOnlyList<string> Colours { get; } =
    [
        "black-and-white", "grayscale", "greyscale", "sepia", "colorful", "colourful", "monochrome", "pale", "red", "orange", "yellow",
            "green", "blue", "purple", "pink", "brown",
    ];

    /// <summary>The light it is in: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Lightings { get; } =
    [
        "in bright light", "in dim light", "in the dark", "at night", "in daylight", "in sunlight", "in fog", "in the snow", "in the rain",
            "under neon light",
    ];

    /// <summary>What is behind the thing: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Backgrounds { get; } =
    [
        "on a white background", "on a black background", "on a dark background", "on a gray background", "on a grey background",
            "on a blue background", "on a green background",
        "on a plain background", "on a cluttered background", "on a blackboard", "on paper", "on cloth", "on a wall", "on a table",
            "on grass", "in the water",
        "against the sky", "in a field", "in a room", "on a street", "indoors", "outdoors",
    ];

    /// <summary>From where it is seen: "a photo of a thing …".</summary>
    public static IReadOnlyList<string> Viewpoints { get; } =
    [
        "seen from the side", "seen from the front", "seen from above", "seen from below", "seen from far away", "seen up close",
            "in the center", "in the centre", "in a corner",
    ];

    /// <summary>Of the viewpoints those that say where in the picture the thing is.</summary>
    public static IReadOnlyList<string> Positions { get; } = ["in the center", "in the centre", "in a corner"];

    /// <summary>What kind of thing it is: "a photo of a thing, a type of …".</summary>
    public static IReadOnlyList<string> Categories { get; } =
    [
        "animal", "pet", "dog", "cat", "bird", "fish", "insect", "reptile", "mammal", "sea creature", "farm animal", "wild animal",
        "plant", "flower", "tree", "leaf", "mushroom", "fruit", "vegetable", "food", "dish", "dessert", "drink",
        "vehicle", "car", "aircraft", "boat", "machine", "tool", "instrument", "device", "electronic device", "appliance",
        "household object", "household item", "kitchen utensil", "furniture", "container", "office item", "office supply",
        "musical instrument", "toy", "game", "sports gear", "sports equipment", "clothing", "footwear", "accessory", "jewelry", "weapon",
        "building", "structure", "landmark", "place", "scene", "room", "landscape", "land use", "weather", "natural phenomenon",
            "thing in the sky",
        "person", "body part", "action", "sport", "material", "texture", "pattern", "symbol", "shape",
    ];

    // Said without an article in captions, CLIP's own templates among them ("graffiti of a …").
    private static readonly string[] MassNouns = ["pixel art", "graffiti", "origami"];

    /// <summary>What stands before a phrase: "a ", "an " before a vowel letter, or nothing before "pixel art" and its
    /// like.</summary>
    public static string ArticleFor(string phrase) =>
        phrase.Length == 0 || MassNouns.Any(noun => phrase.Equals(noun, StringComparison.OrdinalIgnoreCase)) ? ""
        : "aeioux".Contains(char.ToLowerInvariant(phrase[0]), StringComparison.Ordinal) ? "an " : "a ";
}
