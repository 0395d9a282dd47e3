using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ipo.Cli.Connections;
using Ipo.Cli.Datasets;
using Ipo.Cli.Output;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo classify</c>: new images, with what a run found.</summary>
internal static class ClassifyCommand
{
    private const int ImagesPerCall = 64; // The contract's limit.
    private const long BytesPerCall = 16 * 1024 * 1024; // Photographs of a camera fill a message long before 64 of them.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var images = new Argument<string[]>("IMAGE")
        {
            Description = "Image files (JPEG, PNG, WebP, GIF or BMP), and folders, which are searched with their subfolders.",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = OptionValues.Number<int>("--top", "Number of classes to show per image. Default: 1.");
        var allClasses = new Option<bool>("--all-classes")
        {
            Description = "Choose among all classes of the dataset, not only those in the search.",
        };
        var anyCheckpoint = new Option<bool>("--any-checkpoint")
        {
            Description = "Classify also where another checkpoint is loaded than the run was made with.",
        };
        var command = new SessionCommand("classify", "Classifies new images with what a run recommends.")
        {
            Examples = ["ipo classify RUN new/*.jpg", "ipo classify last new/", "ipo classify RUN new/ --top 3 --use winner --json"],
        };
        var runId = new RunReference(command, completed: true);
        command.Add(images);
        command.Add(top);
        command.Add(allClasses);
        command.Add(anyCheckpoint);
        var served = new ServedPromptsOption(command);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var files = ImageFiles.Find(session.Terminal, parsed.GetRequiredValue(images));
            var id = await runId.ResolveAsync(session);
            var answer = new ClassifyImagesResponse();
            IReadOnlyCollection<string> known = [], leftOut = [];
            IReadOnlyCollection<RepairedTemplate> repaired = [];
            foreach (var batch in Batches(files))
            {
                var request = new ClassifyImagesRequest
                {
                    RunId = id,
                    TopK = parsed.GetValue(top) ?? 1,
                    AllClasses = parsed.GetValue(allClasses),
                    Prompts = served.Read(parsed),
                    AnyCheckpoint = parsed.GetValue(anyCheckpoint),
                };
                foreach (var file in batch)
                    request.Contents.Add(ByteString.CopyFrom(await File.ReadAllBytesAsync(file, session.Cancellation)));
                var batchAnswer = await session.Client.Serving.ClassifyImagesAsync(request);
                answer.Classifications.AddRange(batchAnswer.Classifications);
                (answer.PromptSet, answer.IsBaseline) = (batchAnswer.PromptSet, batchAnswer.IsBaseline);
                (answer.Model, answer.RunModel) = (batchAnswer.Model, batchAnswer.RunModel);
                (known, leftOut, repaired) = (batchAnswer.ClassNames, batchAnswer.ClassesLeftOut, batchAnswer.Repaired);
            }
            answer.ClassNames.AddRange(known);
            answer.ClassesLeftOut.AddRange(leftOut);
            answer.Repaired.AddRange(repaired);
            if (session.Json) session.Terminal.Out.WriteLine(WithFiles(answer, files).ToJsonString(Indented));
            else Print(session.Terminal, answer, files);
            if (answer.RunModel is { } ran)
                session.Terminal.Tell(
                    $"Warning: this is {ModelText.Of(answer.Model)}, and the run was made with {ModelText.Of(ran)}. What the run found "
                        + "need not hold here, and its figures say nothing of these answers.");
            served.Tell(session, answer.IsBaseline, known, leftOut);
            var rejected = answer.Classifications.Count(classified => classified.Outcome is ImageOutcome.Rejected);
            return rejected == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static IEnumerable<List<string>> Batches(IReadOnlyList<string> files)
    {
        var (batch, bytes) = (new List<string>(), 0L);
        foreach (var file in files)
        {
            var length = new FileInfo(file).Length;
            if (batch.Count == ImagesPerCall || (batch.Count > 0 && bytes + length > BytesPerCall))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
            batch.Add(file);
            bytes += length;
        }
        yield return batch;
    }

    private static void Print(Terminal terminal, ClassifyImagesResponse answer, IReadOnlyList<string> files)
    {
        var table = new Table("IMAGE", "CLASS", "PROBABILITY");
        foreach (var (file, classified) in files.Zip(answer.Classifications))
        {
            if (classified.Outcome is ImageOutcome.Rejected) terminal.Tell($"ipo: '{file}' was not classified: {classified.Rejection}");
            foreach (var candidate in classified.Classes) table.Add(file, candidate.ClassName, Amounts.Percent(candidate.Probability));
        }
        if (answer.Classifications.Any(classified => classified.Classes.Count > 0)) table.Print(terminal);
        var several = answer.PromptSet.Templates.Count + answer.PromptSet.ClassPrompts.Count > 1;
        terminal.Tell($"{(several ? "Together" : "Template")}: {RunWords.Prompts(answer.PromptSet)}");
        if (answer.Model is { } model) terminal.Tell($"Checkpoint: {ModelText.Of(model)}");
        PromptSetText.TellRepaired(terminal, answer.Repaired);
    }

    /// <summary>The answer as proto JSON, and in each classification the file it is about.</summary>
    private static JsonNode WithFiles(ClassifyImagesResponse answer, IReadOnlyList<string> files)
    {
        var document = JsonNode.Parse(Session.FormatJson(answer))!;
        foreach (var (file, classified) in files.Zip(document["classifications"]!.AsArray()))
            classified!.AsObject().Insert(0, "file", file);
        return document;
    }
}
