using System.CommandLine;
using Ipo.Samples.Datasets;
using Ipo.Samples.World;

namespace Ipo.Samples.Commands;

/// <summary><c>list</c>: what can be drawn.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print everything as JSON." };
        var command = new Command("list", "Lists styles, categories and things; the other meanings of a name are in brackets.") { json };
        command.SetAction((parsed, _) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.Write(JsonText.Page(new { SampleWorld.Categories, SampleWorld.Styles, SampleWorld.Things }));
            else Print(output);
            return Task.FromResult(SamplesCommand.Done);
        });
        return command;
    }

    private static void Print(TextWriter output)
    {
        output.WriteLine($"{SampleWorld.Styles.Count} styles");
        foreach (var style in SampleWorld.Styles) output.WriteLine($"  {style.Name,-14} {style.Phrase} <CLASS>");
        output.WriteLine($"{SampleWorld.Things.Count} things in {SampleWorld.Categories.Count} categories");
        foreach (var category in SampleWorld.Categories)
        {
            var things = SampleWorld.Things.Where(thing => thing.Category == category.Name)
                .Select(thing => thing.OtherSenses.Count == 0 ? thing.Name : $"{thing.Name} [{string.Join(", ", thing.OtherSenses)}]");
            output.WriteLine($"  {category.Name}: {string.Join(", ", things)}");
        }
    }
}
