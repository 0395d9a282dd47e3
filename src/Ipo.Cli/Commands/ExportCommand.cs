using System.CommandLine;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;
using Struct = Google.Protobuf.WellKnownTypes.Struct;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo export</c>: what a run found, as files for other tools.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        string[] names = [.. ExportFormats.ByName.Keys];
        var format = OptionValues.Choice("--format", "What to write, one of the forms below.", names);
        format.Required = true;
        format.HelpName = "FORM";
        var output = new Option<FileInfo>("--out", "--output", "-o")
        {
            Description = "The file to write; weights come with FILE.classes.json beside it.",
            HelpName = "FILE",
            Required = true,
        };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Path.GetDirectoryName(Path.GetFullPath(token.Value)) is { } folder
                && !Directory.Exists(folder))
                result.AddError($"--out cannot write '{token.Value}': the folder {folder} does not exist; create it first.");
        });
        var allClasses = new Option<bool>("--all-classes")
        {
            Description = "Write prompts and weights for all classes of the dataset, not only those in the search.",
        };
        var command = new SessionCommand(
            "export", "Writes the prompts that a completed run recommends, its report, or any run's candidates, for other tools.")
        {
            Examples = ["ipo export RUN --format open_clip --out templates.json",
                "ipo export RUN --format safetensors --all-classes --out weights.safetensors",
                "ipo export RUN --format report --out report.json",
                "ipo export RUN --format candidates --out candidates.csv"],
            Values = ("Forms", [.. ExportFormats.ByName.Select(form => (form.Key, Wording.Of(form.Value)))]),
        };
        var runId = new RunReference(command, completed: true);
        foreach (var option in (Option[])[format, output, allClasses]) command.Add(option);
        var served = new ServedPromptsOption(command);
        command.SetHandler(async session =>
        {
            var request = new ExportRunRequest
            {
                RunId = await runId.ResolveAsync(session),
                Format = ExportFormats.ByName[session.Parsed.GetRequiredValue(format)!],
                AllClasses = session.Parsed.GetValue(allClasses),
                Prompts = served.Read(session.Parsed),
            };
            var (files, exported) = await WriteAsync(session, request, session.Parsed.GetRequiredValue(output).FullName);
            // Named in the answer, so that a script need not know the suffixes.
            if (session.Json)
                session.WriteJson(new Struct { Fields = { ["files"] = Value.ForList([.. files.Select(Value.ForString)]) } });
            else foreach (var file in files) session.Terminal.Tell($"Written: {file}");
            if (exported is not null)
                served.Tell(session, exported.IsBaseline, exported.ClassNames, exported.ClassesLeftOut);
            return ExitCode.Done;
        });
        return command;
    }

    // Under other names until all is there: an export that breaks off leaves what stood before.
    private static async Task<(IReadOnlyList<string> Files, ExportedPrompts? Exported)> WriteAsync(
        Session session, ExportRunRequest request, string path)
    {
        ExportedPrompts? exported = null;
        var display = new CountDisplay(session.Terminal);
        var unfinished = new Dictionary<string, FileStream>(StringComparer.Ordinal);
        try
        {
            using var export = session.Client.Reports.ExportRun(request);
            await foreach (var chunk in export.ResponseStream.ReadAllAsync(session.Cancellation))
            {
                if (chunk.Progress is { } now)
                {
                    display.Show("embedding prompts", now.PromptsDone, now.Prompts);
                    continue;
                }
                exported ??= chunk.Exported;
                var file = path + chunk.Suffix;
                if (!unfinished.TryGetValue(file, out var stream)) unfinished[file] = stream = File.Create(file + ".part");
                await stream.WriteAsync(chunk.Content.Memory, session.Cancellation);
            }
            foreach (var (file, stream) in unfinished)
            {
                await stream.DisposeAsync();
                File.Move(stream.Name, file, overwrite: true);
            }
        }
        finally
        {
            display.EndLine();
            foreach (var stream in unfinished.Values)
            {
                await stream.DisposeAsync();
                File.Delete(stream.Name);
            }
        }
        return ([.. unfinished.Keys], exported);
    }
}
