using System.Collections.Frozen;
using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>A small dictionary, written by hand: which kinds of thing a common noun can be. A word with several senses
/// stands in several lists ("crane", "bat"). It holds everyday words, no dataset's list of classes.</summary>
internal static class CommonNouns
{
    // What every member of a list is besides, from the narrow to the wide.
    private static readonly (string Category, string Also)[] Wider =
    [
        ("dog", "pet"), ("cat", "pet"), ("dog", "mammal"), ("cat", "mammal"), ("mammal", "animal"), ("pet", "animal"),
        ("bird", "animal"), ("fish", "sea creature"), ("fish", "animal"), ("sea creature", "animal"),
        ("reptile", "animal"), ("insect", "animal"), ("farm animal", "animal"), ("wild animal", "animal"),
        ("flower", "plant"), ("tree", "plant"), ("leaf", "plant"), ("mushroom", "plant"), ("fruit", "food"),
        ("vegetable", "food"), ("dish", "food"), ("dessert", "food"), ("car", "vehicle"), ("aircraft", "vehicle"),
        ("boat", "vehicle"), ("appliance", "device"), ("electronic device", "device"), ("appliance", "machine"),
        ("tool", "device"), ("kitchen utensil", "household object"), ("furniture", "household object"),
        ("container", "household object"), ("appliance", "household object"), ("household object", "household item"),
        ("musical instrument", "instrument"), ("office item", "office supply"), ("sports gear", "sports equipment"),
        ("footwear", "clothing"), ("jewelry", "accessory"), ("landmark", "building"), ("building", "structure"),
        ("landscape", "place"), ("land use", "place"), ("room", "place"), ("place", "scene"),
        ("weather", "natural phenomenon"), ("sport", "action"),
    ];

    private static readonly (string Category, string Nouns)[] Lists =
    [
        ("dog",
            "dog puppy hound retriever terrier spaniel poodle dalmatian beagle collie husky bulldog mastiff pug "
            + "boxer shepherd sheepdog dachshund chihuahua pomeranian samoyed corgi setter pointer schnauzer "
            + "rottweiler akita doberman"),
        ("cat", "cat kitten tabby siamese persian sphynx ragdoll bengal birman bobtail"),
        ("pet", "dog cat hamster guinea-pig goldfish parrot canary rabbit budgie"),
        ("farm animal",
            "cow calf bull ox pig hog sheep lamb ram goat horse donkey mule hen chicken rooster duck goose turkey "
            + "llama"),
        ("wild animal",
            "lion tiger leopard jaguar cheetah panther puma cougar lynx bobcat wildcat wild-cat bear panda "
            + "elephant giraffe zebra hippo hippopotamus rhino rhinoceros kangaroo koala wolf fox deer elk moose "
            + "antelope gazelle gerenuk okapi bison buffalo monkey ape gorilla chimpanzee orangutan hyena camel "
            + "boar hedgehog beaver badger otter raccoon skunk squirrel platypus crocodile alligator"),
        ("mammal",
            "lion tiger leopard jaguar cheetah panther puma cougar lynx bobcat wildcat wild-cat bear panda "
            + "elephant giraffe zebra hippo hippopotamus rhino rhinoceros kangaroo koala wolf fox deer elk moose "
            + "antelope gazelle gerenuk okapi bison buffalo monkey ape gorilla chimpanzee orangutan hyena camel "
            + "llama alpaca boar hedgehog beaver badger otter raccoon skunk squirrel platypus mouse rat hamster "
            + "guinea-pig rabbit hare mole bat cow calf bull ox pig sheep lamb goat horse pony donkey mule whale "
            + "dolphin porpoise seal walrus mammoth sloth armadillo anteater porcupine weasel ferret meerkat "
            + "chipmunk"),
        ("bird",
            "bird eagle hawk falcon kite owl vulture crow raven magpie jay sparrow finch robin swallow swift "
            + "thrush warbler wren tit woodpecker kingfisher hummingbird pigeon dove parrot macaw cockatoo canary "
            + "budgie penguin ostrich emu flamingo heron crane stork ibis pelican albatross gull seagull tern "
            + "puffin duck goose swan turkey hen chicken rooster cock quail pheasant peacock kiwi toucan cuckoo "
            + "lark starling oriole cardinal bunting vireo grebe cormorant"),
        ("fish",
            "fish goldfish shark ray salmon trout tuna cod carp perch pike bass sole herring eel sea-horse "
            + "seahorse swordfish clownfish catfish sturgeon"),
        ("sea creature",
            "fish goldfish shark ray salmon trout tuna cod octopus squid nautilus jellyfish starfish sea-horse "
            + "seahorse crab crayfish lobster shrimp prawn whale dolphin porpoise seal walrus coral urchin oyster "
            + "clam mussel snail turtle hawksbill stingray"),
        ("insect",
            "insect ant bee wasp fly mosquito beetle ladybug ladybird butterfly moth dragonfly mayfly grasshopper "
            + "cricket locust cockroach mantis termite flea"),
        ("reptile",
            "reptile snake lizard gecko iguana chameleon crocodile alligator turtle tortoise hawksbill cobra "
            + "python viper"),
        ("animal",
            "animal snail slug worm spider scorpion tick crab crayfish lobster shrimp frog toad newt salamander "
            + "octopus squid starfish jellyfish dinosaur brontosaurus stegosaurus trilobite dragon"),
        ("flower",
            "flower rose tulip lily lilly daisy sunflower lotus orchid iris violet daffodil dandelion carnation "
            + "poppy lavender marigold peony hibiscus pansy primrose petunia geranium magnolia azalea camellia "
            + "anemone buttercup crocus bluebell snapdragon foxglove"),
        ("tree", "tree oak fir pine palm birch maple willow elm ash beech cedar spruce bonsai poplar chestnut cypress"),
        ("plant",
            "plant cactus fern clover ivy moss grass bush shrub bamboo vine herb seaweed aloe strawberry wheat "
            + "corn trunk date"),
        ("mushroom", "mushroom toadstool fungus truffle chanterelle"),
        ("fruit",
            "fruit apple pear banana orange lemon lime grape cherry strawberry raspberry blueberry blackberry "
            + "peach plum apricot kiwi mango pineapple melon watermelon date fig coconut pomegranate"),
        ("vegetable",
            "vegetable carrot potato tomato onion garlic pepper cucumber cabbage broccoli cauliflower lettuce "
            + "spinach corn pea bean pumpkin eggplant radish beet turnip leek celery"),
        ("dessert",
            "dessert cake ice-cream cookie biscuit pie pudding donut doughnut cupcake waffle pancake brownie "
            + "tiramisu mousse tart cheesecake"),
        ("dish",
            "dish pizza soup salad pasta spaghetti lasagna curry sushi sandwich hamburger burger taco burrito "
            + "omelette stew risotto steak ramen dumpling pancake waffle"),
        ("food",
            "food bread cheese butter egg rice meat sausage ham bacon chocolate turkey chicken sandwich pretzel "
            + "bagel cereal fish roll squash"),
        ("drink", "drink coffee tea milk juice water beer wine cocktail cola lemonade"),
        ("car", "car sedan coupe convertible hatchback wagon suv limousine taxi cab minivan van jeep"),
        ("aircraft", "aircraft airplane aeroplane plane jet helicopter glider airliner biplane balloon airship drone"),
        ("boat", "boat ship sailboat yacht ferry ketch schooner canoe kayak raft gondola submarine trawler speedboat"),
        ("vehicle",
            "vehicle truck lorry bus train tram bicycle bike motorbike motorcycle scooter tractor tank rocket "
            + "ambulance wagon cart sled carriage locomotive skateboard wheelchair"),
        ("machine",
            "machine engine motor robot crane excavator bulldozer digger pump windmill computer printer "
            + "calculator clock fan radio telephone tractor mill lathe press drill camera typewriter keyboard"),
        ("tool",
            "tool hammer saw screwdriver wrench spanner pliers axe drill file screw nail bolt shovel spade rake "
            + "ladder scissors knife chisel plane level trowel hoe sickle scythe crowbar vise clamp bucket iron "
            + "ruler"),
        ("musical instrument",
            "guitar violin cello viola harp piano organ keyboard accordion flute clarinet oboe bassoon saxophone "
            + "trumpet trombone tuba horn euphonium drum tambourine triangle xylophone bell banjo mandolin ukulele "
            + "lute lyre bagpipe harmonica recorder metronome gramophone pipe bass bow"),
        ("electronic device",
            "computer laptop tablet phone telephone cellphone smartphone camera television radio speaker "
            + "headphone monitor keyboard mouse printer router remote calculator console"),
        ("device",
            "compass binocular telescope microscope thermometer barometer clock watch metronome gramophone lamp "
            + "umbrella stapler scale projector"),
        ("appliance",
            "toaster oven stove refrigerator fridge freezer microwave dishwasher washer dryer blender mixer "
            + "kettle fan iron vacuum heater ceiling-fan"),
        ("kitchen utensil",
            "spoon fork knife ladle spatula whisk pan pot kettle cup mug plate bowl bottle jug ewer glass grater "
            + "peeler colander"),
        ("furniture",
            "chair armchair stool table desk bed sofa couch bench wardrobe cupboard cabinet chest shelf bookcase "
            + "dresser windsor-chair"),
        ("container",
            "barrel bottle bucket box basket jar can cup jug ewer vase bag suitcase trunk chest tank crate tin "
            + "pitcher urn"),
        ("household object",
            "lamp bulb candle chandelier menorah clock mirror vase umbrella broom brush bucket basket bottle cup "
            + "mug fan key lock ladder pillow blanket curtain carpet towel soap comb toaster iron telephone radio "
            + "television bell book ring stapler scissors suitcase trunk chest barrel glass ashtray bin watch "
            + "camera laptop cellphone"),
        ("office item",
            "pencil pen notebook envelope stamp ruler stapler paper-clip eraser folder file calculator scissors "
            + "tape book computer keyboard mouse binder sharpener marker pin"),
        ("sports gear",
            "ball football basketball baseball soccer-ball bat racket skate inline-skate skateboard ski snowboard "
            + "dumbbell dart boxing-glove hockey-stick golf-club iron club bow kite medal glove helmet puck net "
            + "surfboard paddle whistle trophy javelin shuttlecock cricket driver"),
        ("clothing",
            "shirt t-shirt trousers pants jeans dress skirt coat jacket sweater hoodie sock glove hat cap scarf "
            + "tie bow belt boot shoe suit vest pullover blouse uniform cape robe swimsuit bikini pump trunk "
            + "glasses crown slip mantle"),
        ("footwear", "boot shoe sandal sneaker slipper clog heel pump"),
        ("accessory", "belt scarf hat glove bag purse wallet watch umbrella tie glasses sunglasses cap"),
        ("jewelry", "ring necklace bracelet earring brooch crown tiara pendant"),
        ("weapon", "gun pistol rifle revolver cannon sword dagger spear bow crossbow axe knife tank bomb grenade"),
        ("toy", "doll teddy ball kite top puppet yo-yo lego"),
        ("building",
            "house barn church castle temple tower skyscraper lighthouse windmill igloo hut cottage cabin mosque "
            + "cathedral pagoda palace factory hospital school library museum theater stadium hotel villa fort "
            + "minaret monastery stupa"),
        ("structure",
            "bridge pyramid tent dam wall arch fountain monument gate pier well obelisk pagoda minaret tower"),
        ("landmark", "castle pyramid lighthouse pagoda minaret tower cathedral monument temple bridge"),
        ("room", "kitchen bathroom bedroom office classroom corridor garage gym attic basement pantry"),
        ("landscape",
            "forest mountain desert beach coast river lake sea ocean valley hill field meadow glacier canyon "
            + "island waterfall swamp"),
        ("land use",
            "forest crop pasture highway river lake residential industrial vegetation land field orchard building"),
        ("place",
            "airport station park harbour harbor market playground street square garden farm zoo cemetery beach "
            + "bridge highway"),
        ("weather",
            "rain snow cloud fog storm tornado rainbow lightning hail wind hurricane frost snowflake thunderstorm "
            + "sun"),
        ("thing in the sky",
            "sun moon star cloud rainbow comet planet lightning kite rain snowflake tornado plane rocket"),
        ("natural phenomenon", "lightning volcano earthquake eclipse aurora comet tornado rainbow"),
        ("person", "person man woman child boy girl baby face doctor nurse teacher soldier dancer king queen"),
        ("body part",
            "eye ear nose mouth tooth hand finger fist foot leg arm knee face head brain heart hair tongue palm "
            + "nail lip trunk calf chest sole temple organ skull bone shoulder elbow"),
        ("action",
            "running jumping swimming cooking writing reading dancing climbing riding typing walking throwing "
            + "playing juggling"),
        ("sport",
            "tennis football soccer golf hockey basketball baseball volleyball swimming skiing surfing boxing "
            + "archery rowing cycling diving fencing bowling cricket rugby judo"),
        ("material", "wood metal glass plastic paper stone fabric leather water brick ceramic foliage rubber wool"),
        ("texture",
            "banded braided bubbly bumpy cracked dotted fibrous frilly grid honeycombed knitted lacelike lined "
            + "marbled matted meshed perforated pleated polka-dotted porous scaly smeared spiralled sprinkled "
            + "stained striped swirly veined waffled woven wrinkled zigzagged"),
        ("symbol", "anchor arrow cross heart star stop-sign yin-yang dollar-bill flag logo letter"),
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> Senses = Read();

    /// <summary>The categories that the dictionary can tell: of others it does not know which nouns belong to
    /// them.</summary>
    public static FrozenSet<string> Categories { get; } =
        Lists.Select(list => list.Category).Concat(Wider.Select(pair => pair.Also)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a class can be, by its whole name, else by its last word ("electric guitar" is a guitar); empty for
    /// a name that the dictionary does not hold.</summary>
    public static IReadOnlyCollection<string> SensesOf(string className)
    {
        var words = ClassNames.WordsOf(className);
        if (words.Count == 0) return [];
        string[] nouns = [string.Join('-', words), string.Concat(words), words[^1]];
        return nouns.SelectMany(PluralForms.Of)
            .Select(form => Senses.GetValueOrDefault(form)).FirstOrDefault(senses => senses is not null) ?? [];
    }

    private static FrozenDictionary<string, FrozenSet<string>> Read()
    {
        var senses = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (category, nouns) in Lists)
            foreach (var noun in nouns.Split(' '))
                foreach (var one in WithWider(category))
                    (senses.TryGetValue(noun, out var known) ? known : senses[noun] = new(StringComparer.Ordinal)).Add(one);
        return senses.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static IEnumerable<string> WithWider(string category) =>
        Wider.Where(pair => pair.Category == category).SelectMany(pair => WithWider(pair.Also)).Prepend(category);
}
