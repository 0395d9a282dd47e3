using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;
using Ipo.Samples.World;
using Xunit;

namespace Ipo.Tests.Samples.World;

public class SampleWorldTests
{
    [Fact]
    public void Has_many_things_and_many_names_with_two_meanings()
    {
        Assert.True(SampleWorld.Things.Count >= 60);
        Assert.True(SampleWorld.Styles.Count >= 12);
        Assert.True(SampleWorld.Things.Where(t => t.OtherSenses.Count > 0).Select(t => t.Name).Distinct().Count() >= 10);
        Assert.Equal(SampleWorld.Things.Count, SampleWorld.Things.Distinct().Count());
        Assert.Equal(SampleWorld.Things.Count, SampleWorld.Things.Select(t => (t.Category, t.Name)).Distinct().Count());
        Assert.All(SampleWorld.Categories, c => Assert.True(SampleWorld.Things.Count(t => t.Category == c.Name) >= 10, c.Name));
        Assert.All(SampleWorld.Things, t => Assert.Contains(SampleWorld.Categories, c => c.Name == t.Category));
    }

    [Fact]
    public void Every_sense_knows_the_others()
    {
        var crane = SampleWorld.Things.Single(t => t is { Name: "crane", Category: "bird" });
        Assert.Equal(["machine"], crane.OtherSenses);
        Assert.Empty(SampleWorld.Things.Single(t => t.Name == "heron").OtherSenses);
    }

    [Fact]
    public void Draws_every_thing_in_every_style()
    {
        Parallel.ForEach(Thing.All, thing =>
        {
            foreach (var style in Style.All)
            {
                var picture = Picture.Draw(thing, style, "1", 0, 32);
                Assert.Equal(32 * 32 * 3, picture.Pixels.Rgb.Length);
                Assert.True(picture.Pixels.Rgb.Max() - picture.Pixels.Rgb.Min() > 40, $"{thing.Category}/{thing.Name} in {style.Name} is nearly flat.");
            }
        });
    }

    [Fact]
    public void Every_colour_that_a_thing_names_can_be_painted() =>
        Assert.All(Thing.All, thing => Assert.All(thing.Colours.Split(' '), colour => Ipo.Samples.Drawing.Paint.Of(colour)));

    [Theory]
    [InlineData("bird", "crane", "chalk", "dd020a9de3255560")]
    [InlineData("machine", "crane", "render", "e1fb896c27b09059")]
    [InlineData("food", "kiwi", "watercolour", "801b86abc8401194")]
    [InlineData("vehicle", "train", "mosaic", "d98a53fc2683fe5c")]
    [InlineData("clothing", "glasses", "neon", "96bb16101b09787b")]
    [InlineData("weather", "snowflake", "engraving", "b0778f6596fbe6fd")]
    [InlineData("plant", "palm", "stained glass", "1df5f087325d585e")]
    public void Draws_the_same_pixels_on_every_machine_of_one_architecture(string category, string name, string style, string digest)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Skip($"The digests are those of x64; this is {RuntimeInformation.ProcessArchitecture}, where curves may round otherwise.");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            var picture = Draw(category, name, style, "1", 3);
            Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(picture.Pixels.Rgb))[..16]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Another_seed_number_or_style_gives_another_picture()
    {
        var first = Draw("bird", "owl", "chalk", "1", 0).Pixels.Rgb;
        Assert.Equal(first, Draw("bird", "owl", "chalk", "1", 0).Pixels.Rgb);
        Assert.NotEqual(first, Draw("bird", "owl", "chalk", "2", 0).Pixels.Rgb);
        Assert.NotEqual(first, Draw("bird", "owl", "chalk", "1", 1).Pixels.Rgb);
        Assert.NotEqual(first, Draw("bird", "owl", "pencil", "1", 0).Pixels.Rgb);
    }

    [Fact]
    public void The_senses_of_a_name_are_drawn_differently() =>
        Assert.NotEqual(Draw("bird", "crane", "pencil", "1", 0).Pixels.Rgb, Draw("machine", "crane", "pencil", "1", 0).Pixels.Rgb);

    private static Picture Draw(string category, string name, string style, string seed, int number) =>
        Picture.Draw(Thing.All.Single(t => t.Category == category && t.Name == name), Style.All.Single(s => s.Name == style), seed, number, 96);
}
