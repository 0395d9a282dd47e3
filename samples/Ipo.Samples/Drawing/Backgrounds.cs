using SkiaSharp;

namespace Ipo.Samples.Drawing;

/// <summary>What stands behind a thing, and the words for it.</summary>
internal static class Backgrounds
{
    /// <summary>Draws one background and says what it is, as a caption would after "on".</summary>
    public static string Draw(Pen pen, SeededRandom random, string except)
    {
        switch (random.Whole(0, 9))
        {
            case 0:
                Fill(pen, Paint.Sky.Vary(random));
                Below(pen, Paint.Grass.Vary(random), random.Between(0.0, 0.6));
                return "green grass";
            case 1:
                Fill(pen, Paint.Sky.Vary(random));
                var shore = random.Between(0.1, 0.6);
                Below(pen, Paint.Sea.Vary(random), shore - 0.3);
                Below(pen, Paint.Sand.Vary(random), shore);
                return "a beach";
            case 2:
                Fill(pen, Paint.Wood.Mix(Paint.White, 0.2).Vary(random));
                for (var y = -0.8; y < 1; y += 0.4) pen.Line(Paint.Wood.Shade(0.7), 0.025, -1.2, y, 1.2, y + random.Between(-0.05, 0.05));
                return "a wooden table";
            case 3:
                Fill(pen, Paint.Sky.Mix(Paint.White, 0.4).Vary(random));
                Below(pen, Paint.White, random.Between(0.0, 0.5));
                return "white snow";
            case 4:
                var (stripe, striped) = Tint(random, except);
                Fill(pen, striped);
                var upright = random.Odds(0.5);
                for (var at = -1.0; at < 1.1; at += 0.36)
                    if (upright) pen.Box(striped.Shade(0.84), at, -1.2, at + 0.16, 1.2);
                    else pen.Box(striped.Shade(0.84), -1.2, at, 1.2, at + 0.16);
                return $"{stripe} stripes";
            case 5:
                var (dot, dotted) = Tint(random, except);
                Fill(pen, dotted);
                for (var row = 0; row < 5; row++)
                    for (var column = 0; column < 5; column++)
                        pen.Oval(dotted.Shade(0.82), -0.9 + 0.45 * column + (row % 2) * 0.2, -0.9 + 0.45 * row, 0.08, 0.08);
                return $"{dot} dots";
            case 6:
                Fill(pen, Paint.Steel.Mix(Paint.White, 0.35).Vary(random));
                Below(pen, Paint.Steel.Shade(0.75).Vary(random), random.Between(0.2, 0.6));
                return "a grey street";
            default:
                var (name, plain) = Tint(random, except);
                Fill(pen, plain);
                if (random.Odds(0.5)) Below(pen, plain.Shade(0.88), random.Between(0.3, 0.7));
                return $"{(name == "orange" ? "an" : "a")} {name} background";
        }
    }

    /// <summary>None to four small things near the rim.</summary>
    public static void Scatter(Pen pen, SeededRandom random)
    {
        for (var left = random.Whole(-2, 4); left > 0; left--)
        {
            double x = random.Between(-0.95, 0.95), y = (random.Odds(0.5) ? 1 : -1) * random.Between(0.66, 0.95);
            var size = random.Between(0.05, 0.12);
            if (random.Odds(0.5)) (x, y) = (y, x);
            var colour = pen.Other().Mix(Paint.White, 0.25);
            switch (random.Whole(0, 3))
            {
                case 0: pen.Oval(colour, x, y, size, size * 0.8); break;
                case 1: pen.Box(colour, x - size, y - size * 0.7, x + size, y + size * 0.7); break;
                case 2: pen.Poly(colour, x - size, y + size, x, y - size, x + size, y + size); break;
                default: pen.Curve(colour, 0.03, x - size, y, x, y - size, x + size, y); break;
            }
        }
    }

    private static void Fill(Pen pen, SKColor colour) => pen.Box(colour, -1.3, -1.3, 1.3, 1.3);

    private static void Below(Pen pen, SKColor colour, double y) => pen.Box(colour, -1.3, y, 1.3, 1.4);

    // A pale tint of a colour that is not the thing's own, so that the thing stands out.
    private static (string Name, SKColor Colour) Tint(SeededRandom random, string except)
    {
        var name = random.Of(Paint.Names);
        while (name == except || name == "black") name = random.Of(Paint.Names);
        return (name, Paint.Of(name).Mix(Paint.White, 0.5).Vary(random));
    }
}
