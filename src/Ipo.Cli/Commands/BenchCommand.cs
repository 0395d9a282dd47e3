using System.CommandLine;
using Ipo.Cli.Benchmarks;
using Ipo.Cli.Reports;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo bench</c>: the paper's protocols over several datasets, and its prompts.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new SessionCommand(
            "bench", "Runs the IPO paper's protocols over several datasets and prints its tables beside the results.")
        {
            Examples = ["ipo bench base-to-novel --root ~/data --preset ipo-paper", "ipo bench published --root ~/data"],
        };
        command.Add(Protocol("base-to-novel", BenchProtocol.BaseToNovel,
            "Searches on each dataset's base classes and tests on its base and novel classes " +
            "(the paper's Table 6; with 16 shots its Table 8).",
            "Numbers of search images per class, separated by commas. Default: 1.",
            "ipo bench base-to-novel --root ~/data --preset ipo-paper --proposer ipo",
            "ipo bench base-to-novel --root ~/data --preset ipo-paper --vary proposer=ipo@gpt,ipo@phi --vary descriptions=off,on",
            "ipo bench base-to-novel --root ~/data --preset ipo-paper --proposer ipo --table 15",
            "ipo bench base-to-novel --root ~/data --datasets caltech-101,dtd --seeds 1 --steps 10 --dry-run"));
        command.Add(Protocol("cross-dataset", BenchProtocol.CrossDataset,
            "Searches on all classes of one dataset and tests on all classes of the others (the paper's Table 9).",
            "Search images per class. Default: 16.",
            "ipo bench cross-dataset --root ~/data --source imagenet"));
        command.Add(Protocol("few-shot", BenchProtocol.FewShot,
            "Searches on all classes with few images each and tests on all classes of the same dataset.",
            "Numbers of search images per class, separated by commas. Default: 1,2,4,8,16.",
            "ipo bench few-shot --root ~/data --shots 1,4,16 --seeds 1,2,3"));
        command.Add(Published());
        return command;
    }

    private static SessionCommand Protocol(
        string name, BenchProtocol protocol, string description, string shotsDescription, params string[] examples)
    {
        var command = new SessionCommand(
            name,
            $"{description} Repeat the command to resume a stopped benchmark; finished runs are not repeated. Repeated with another " +
            "checkpoint or captioner, its table has both.")
        {
            Examples = examples,
        };
        var datasets = new BenchDatasetOptions(command);
        var source = new Option<string>("--source")
        {
            Description = "The dataset to search on.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "imagenet",
        };
        if (protocol is BenchProtocol.CrossDataset) command.Add(source);
        var seeds = OptionValues.Numbers<long>("--seeds", "Seeds of the runs, separated by commas. Default: 1,2,3.");
        var shots = OptionValues.Numbers<int>("--shots", shotsDescription, protocol is BenchProtocol.CrossDataset ? "N" : "N,N,…");
        command.Add(seeds);
        command.Add(shots);
        var settings = RunSettingsOptions.OfABench(command);
        var varied = new VariedSettings(command);
        var table = protocol is BenchProtocol.BaseToNovel ? new PaperTableOption(command) : null;
        var dryRun = new Option<bool>("--dry-run") { Description = "List the runs and what they would take, without starting any." };
        var output = ReportFile.Option();
        command.Add(dryRun);
        command.Add(output);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var bench = new Bench
            {
                Protocol = protocol,
                Seeds = { parsed.GetValue(seeds) ?? [] },
                Shots = { parsed.GetValue(shots) ?? [] },
                Settings = settings.Read(parsed, dataset: ""),
                Variants = { varied.Read(parsed) },
            };
            var ofTheTable = table?.Apply(parsed, bench) ?? [];
            if (protocol is BenchProtocol.CrossDataset)
                bench.Source = await BenchDatasetSearch.OneAsync(session, datasets.Root(parsed), parsed.GetValue(source)!);
            var found = await BenchDatasetSearch.AllAsync(
                session, datasets.Root(parsed), [.. datasets.Names(parsed), .. ofTheTable], but: bench.Source);
            bench.Datasets.AddRange(found.Select(dataset => dataset.Name));
            return await BenchRunner.RunAsync(session, bench, parsed.GetValue(dryRun), parsed.GetValue(output));
        });
        return command;
    }

    private static SessionCommand Published()
    {
        var file = new Argument<FileInfo?>("FILE")
        {
            Description = "A CSV file with the columns dataset, prompt, base_acc and novel_acc (in %). " +
                "Default: published_prompts.csv in the root or beside it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new SessionCommand(
            "published",
            "Scores published prompts on the datasets' test images with the connected checkpoint " +
            "and prints the difference from each published accuracy.")
        {
            Examples = ["ipo bench published --root ~/data", "ipo bench published prompts.csv --root ~/data --output published.md"],
        };
        command.Add(file);
        var datasets = new BenchDatasetOptions(command);
        var output = ReportFile.Option();
        command.Add(output);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var csv = PublishedPromptsFile.Read(parsed.GetValue(file), datasets.Root(parsed));
            var found = await BenchDatasetSearch.AllAsync(session, datasets.Root(parsed), datasets.Names(parsed));
            return await PublishedRunner.RunAsync(
                session, new() { Csv = csv, Datasets = { found.Select(dataset => dataset.Name) } }, parsed.GetValue(output));
        });
        return command;
    }
}
