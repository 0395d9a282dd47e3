using SkiaSharp;

namespace Ipo.Samples.Drawing;

/// <summary>The named colours of captions, and the arithmetic that shades them.</summary>
internal static class Paint
{
    public static readonly SKColor Black = new(32, 30, 34), White = new(246, 245, 240), Wood = new(150, 98, 54), Steel = new(150, 158, 168),
        Leaf = new(62, 140, 58), Sky = new(140, 196, 236), Sea = new(52, 122, 182), Grass = new(112, 170, 78), Sand = new(226, 200, 148),
        Gold = new(222, 176, 60), Skin = new(232, 184, 148), Red = new(206, 48, 42), Glass = new(190, 224, 238), Yellow = new(246, 210, 52);

    private static readonly Dictionary<string, SKColor> Named = new(StringComparer.Ordinal)
    {
        ["red"] = Red,
        ["orange"] = new(238, 134, 34),
        ["yellow"] = Yellow,
        ["green"] = new(70, 152, 62),
        ["blue"] = new(48, 98, 190),
        ["purple"] = new(122, 64, 150),
        ["pink"] = new(236, 136, 164),
        ["brown"] = new(134, 86, 48),
        ["black"] = new(46, 44, 50),
        ["white"] = new(238, 236, 230),
        ["grey"] = new(138, 140, 146),
        ["beige"] = new(214, 188, 146),
        ["silver"] = new(184, 190, 198),
    };

    // A word of captions for what has many colours of its own; nothing else is painted in it.
    private const string Colourful = "colourful";

    public static IReadOnlyList<string> Names { get; } = [.. Named.Keys.Order(StringComparer.Ordinal)];

    public static SKColor Of(string name) => name == Colourful ? White : Named[name];

    /// <summary>The colour with each channel moved by up to <paramref name="reach"/> steps, together and
    /// apart.</summary>
    public static SKColor Vary(this SKColor colour, SeededRandom random, int reach = 14)
    {
        var all = random.Between(-reach, reach);
        byte Move(byte channel) => Clamp(channel + all + random.Between(-reach, reach) * 0.7);
        return new SKColor(Move(colour.Red), Move(colour.Green), Move(colour.Blue));
    }

    /// <summary>Darker below 1, lighter above it. Eight bits of the factor count; whole numbers keep this fast and
    /// exact.</summary>
    public static SKColor Shade(this SKColor colour, double factor)
    {
        var f = (int)(factor * 256 + 0.5);
        return new(Limit(colour.Red * f >> 8), Limit(colour.Green * f >> 8), Limit(colour.Blue * f >> 8), colour.Alpha);
    }

    /// <summary>This colour with a share (0 to 1) of another over it.</summary>
    public static SKColor Mix(this SKColor colour, SKColor other, double share)
    {
        var s = Math.Clamp((int)(share * 256 + 0.5), 0, 256);
        byte Between(byte from, byte to) => (byte)(from + ((to - from) * s >> 8));
        return new(Between(colour.Red, other.Red), Between(colour.Green, other.Green), Between(colour.Blue, other.Blue));
    }

    public static int Light(this SKColor colour) => (colour.Red * 77 + colour.Green * 150 + colour.Blue * 29) >> 8;

    private static byte Limit(int value) => (byte)Math.Clamp(value, 0, 255);

    private static byte Clamp(double value) => (byte)Math.Clamp((int)Math.Round(value), 0, 255);
}
