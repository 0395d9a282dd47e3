using System.Text.Json.Nodes;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Graphs;
using Ipo.Tests.ClipScorer.Checkpoints;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>text_config_dict and vision_config_dict, an older name of the towers' settings: what stands there counts.</summary>
public sealed class ClipConfigTests
{
    private static readonly string[] Towers = ["text", "vision"];

    [Fact]
    public void The_older_name_counts()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        var before = ClipConfig.Load(copy.Path);
        copy.Edit("config.json", json => Copy(json, tower => tower["hidden_act"] = "gelu"));
        Assert.Equal(
            before with
            {
                Text = before.Text with { Shape = before.Text.Shape with { Activation = Activation.Gelu } },
                Vision = before.Vision with { Shape = before.Vision.Shape with { Activation = Activation.Gelu } },
            },
            ClipConfig.Load(copy.Path));
    }

    [Fact]
    public void The_older_name_alone_is_enough()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        var before = ClipConfig.Load(copy.Path);
        copy.Edit("config.json", json =>
        {
            Copy(json, _ => { });
            foreach (var tower in Towers) json.Remove($"{tower}_config");
        });
        Assert.Equal(before, ClipConfig.Load(copy.Path));
    }

    [Fact]
    public void Nothing_under_the_older_name_changes_nothing()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny");
        var before = ClipConfig.Load(copy.Path);
        copy.Edit("config.json", json => json["text_config_dict"] = null);
        Assert.Equal(before, ClipConfig.Load(copy.Path));
    }

    [Fact]
    public void What_the_older_name_leaves_out_and_the_newer_one_states_is_not_guessed()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("config.json", json =>
        {
            json["text_config"]!["hidden_act"] = "gelu";
            Copy(json, tower => tower.Remove("hidden_act"));
        });
        Assert.Contains(
            "'text_config_dict', which counts, leaves out what 'text_config' says otherwise than transformers' default. Delete 'text_config_dict' if 'text_config' is right, or complete it.",
            Assert.Throws<CheckpointException>(() => ClipConfig.Load(copy.Path)).Message, StringComparison.Ordinal);
    }

    private static void Copy(JsonObject json, Action<JsonObject> change)
    {
        foreach (var tower in Towers)
        {
            var copy = json[$"{tower}_config"]!.DeepClone().AsObject();
            change(copy);
            json[$"{tower}_config_dict"] = copy;
        }
    }
}
