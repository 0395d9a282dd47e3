using System.Text.Json;
using Ipo.Samples.Datasets;
using Ipo.Samples.World;
using Xunit;

namespace Ipo.Tests.Samples.Datasets;

public sealed class TrainSetTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ipo-samples-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private void Draw(TrainSet set, bool force = false) => set.Draw(_folder, force, cancellation: TestContext.Current.CancellationToken);

    private List<JsonElement> Captions() =>
        [.. File.ReadAllLines(Path.Combine(_folder, "captions.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    [Fact]
    public void Writes_bytes_of_the_shape_it_states_and_a_line_for_each_picture()
    {
        Draw(new TrainSet(30, 32, 5));
        Assert.Equal(30 * 32 * 32 * 3, new FileInfo(Path.Combine(_folder, "images.u8")).Length);
        Assert.Equal(30, Captions().Count);
        var world = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "world.json"))).RootElement;
        Assert.Equal([30, 32, 32, 3], world.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal(SampleWorld.Things.Count, world.GetProperty("things").GetArrayLength());
        Assert.True(world.GetProperty("styles")[0].GetProperty("wordings").GetArrayLength() > 0);
    }

    [Fact]
    public void A_longer_set_begins_with_the_shorter_one()
    {
        Draw(new TrainSet(5, 32, 5));
        var few = File.ReadAllBytes(Path.Combine(_folder, "images.u8"));
        Draw(new TrainSet(9, 32, 5), force: true);
        Assert.Equal(few, File.ReadAllBytes(Path.Combine(_folder, "images.u8"))[..few.Length]);
    }

    [Fact]
    public void Leaves_out_what_is_held_out()
    {
        Draw(new TrainSet(300, 32) { Things = ["bird/*", "crane"], ExceptThings = ["owl"], Styles = ["neon", "chalk"], ExceptPairs = ["neon:bird/*"] });
        var drawn = Captions().Select(c => (Class: c.GetProperty("class").GetString(), Category: c.GetProperty("category").GetString(), Style: c.GetProperty("style").GetString())).ToHashSet();
        Assert.Contains(("crane", "machine", "neon"), drawn);
        Assert.Contains(("crane", "bird", "chalk"), drawn);
        Assert.DoesNotContain(drawn, d => d.Class == "owl");
        Assert.DoesNotContain(drawn, d => d is { Style: "neon", Category: "bird" });
    }

    [Theory]
    [InlineData("mars", "neon:owl")]
    [InlineData("owl", "neon/owl")]
    [InlineData("owl", "oil:owl")]
    public void Says_what_is_unknown(string thing, string pair) =>
        Assert.Throws<ArgumentException>(() => Draw(new TrainSet(1, 32) { ExceptThings = [thing], ExceptPairs = [pair] }));

    [Fact]
    public void Overwrites_nothing_unless_forced()
    {
        Draw(new TrainSet(1, 32));
        Assert.Throws<IOException>(() => Draw(new TrainSet(1, 32)));
    }
}
