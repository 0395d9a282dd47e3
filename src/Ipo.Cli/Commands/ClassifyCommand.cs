using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
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
        var runId = new Argument<string>("RUN") { Description = "The id of a completed run." };
        var images = new Argument<string[]>("IMAGE")
        {
            Description = "Image files (JPEG, PNG, WebP, GIF or BMP).",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = OptionValues.Number<int>("--top", "Number of classes to show per image. Default: 1.");
        var allClasses = new Option<bool>("--all-classes")
        {
            Description = "Choose among all classes of the dataset, not only those in the search.",
        };
        var command = new SessionCommand("classify", "Classifies new images with the template that a run found.")
        {
            Examples = ["ipo classify RUN new/*.jpg", "ipo classify RUN new/*.jpg --top 3 --all-classes --json"],
        };
        command.Add(runId);
        command.Add(images);
        command.Add(top);
        command.Add(allClasses);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var files = parsed.GetRequiredValue(images);
            CheckFiles(files);
            var answer = new ClassifyImagesResponse();
            foreach (var batch in Batches(files))
            {
                var request = new ClassifyImagesRequest
                {
                    RunId = parsed.GetRequiredValue(runId),
                    TopK = parsed.GetValue(top) ?? 1,
                    AllClasses = parsed.GetValue(allClasses),
                };
                foreach (var file in batch)
                    request.Contents.Add(ByteString.CopyFrom(await File.ReadAllBytesAsync(file, session.Cancellation)));
                var batchAnswer = await session.Client.Serving.ClassifyImagesAsync(request);
                answer.Classifications.AddRange(batchAnswer.Classifications);
                answer.PromptSet = batchAnswer.PromptSet;
            }
            if (session.Json) session.Terminal.Out.WriteLine(WithFiles(answer, files).ToJsonString(Indented));
            else Print(session.Terminal, answer, files);
            var rejected = answer.Classifications.Count(classified => classified.Outcome is ImageOutcome.Rejected);
            return rejected == 0 ? ExitCode.Done : ExitCode.Error;
        });
        return command;
    }

    private static void CheckFiles(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file))
                throw new CommandFailure($"'{file}' is a folder; pass its image files, for instance {Path.Combine(file, "*.jpg")}.");
            if (!File.Exists(file)) throw new CommandFailure($"There is no file '{file}'; check the path. Nothing was classified.");
        }
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> files)
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

    private static void Print(Terminal terminal, ClassifyImagesResponse answer, string[] files)
    {
        var table = new Table("IMAGE", "CLASS", "PROBABILITY");
        foreach (var (file, classified) in files.Zip(answer.Classifications))
        {
            if (classified.Outcome is ImageOutcome.Rejected) terminal.Tell($"ipo: '{file}' was not classified: {classified.Rejection}");
            foreach (var candidate in classified.Classes) table.Add(file, candidate.ClassName, Amounts.Percent(candidate.Probability));
        }
        table.Print(terminal);
        var several = answer.PromptSet.Templates.Count + answer.PromptSet.ClassPrompts.Count > 1;
        terminal.Tell($"{(several ? "Together" : "Template")}: {PromptSetText.Of(answer.PromptSet)}");
    }

    /// <summary>The answer as proto JSON, and in each classification the file it is about.</summary>
    private static JsonNode WithFiles(ClassifyImagesResponse answer, string[] files)
    {
        var document = JsonNode.Parse(Session.FormatJson(answer))!;
        foreach (var (file, classified) in files.Zip(document["classifications"]!.AsArray()))
            classified!.AsObject().Insert(0, "file", file);
        return document;
    }
}
