using System.CommandLine;
using Ipo.Samples.Files;

namespace Ipo.Samples.Commands;

/// <summary><c>list</c>: what can be drawn.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "The whole world as JSON." };
        var command = new Command("list", "Shows styles, categories and their things; a name with other meanings has them in brackets.") { json };
        command.SetAction((parsed, _) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.Write(JsonText.Page(new { SampleWorld.Categories, SampleWorld.Styles, SampleWorld.Things }));
            else Print(output);
            return Task.FromResult(SampleCommand.Done);
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
            var things = SampleWorld.Things.Where(t => t.Category == category.Name)
                .Select(t => t.OtherSenses.Count == 0 ? t.Name : $"{t.Name} [{string.Join(", ", t.OtherSenses)}]");
            output.WriteLine($"  {category.Name}: {string.Join(", ", things)}");
        }
    }
}
