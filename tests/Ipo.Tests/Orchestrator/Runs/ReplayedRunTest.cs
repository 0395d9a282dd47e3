using Ipo.Tests.Fakes;

namespace Ipo.Tests.Orchestrator.Runs;

/// <summary>The datasets that the recorded journals are of, and where the journals lie.</summary>
public abstract class ReplayedRunTest : OrchestratorTest
{
    private protected static string JournalFolder { get; } =
        Path.Combine(Shared.Repository, "tests", "Ipo.Tests", "Orchestrator", "Runs", "journals");

    /// <summary>A file of a recorded run, by the run's name and the file's ending.</summary>
    private protected static string FileOf(string name, string ending) => Path.Combine(JournalFolder, $"{name}.{ending}");

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny", classes: 8, imagesPerClass: 16);
        await Lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");
        // No validation images: folds of the search images choose.
        TinyDataset.Write(Folder, "data/unsplit", classes: 4, imagesPerClass: 16);
        var rows = from kind in "abcd"
                   from image in Enumerable.Range(0, 16)
                   select $"kind_{kind}/{image:00}.png,kind {kind},{(image < 10 ? "train" : "test")}";
        Folder.Write("data/unsplit/list.csv", string.Join('\n', ["image,class,split", .. rows]));
        await Lab.RegisterAsync("unsplit");
    }
}
