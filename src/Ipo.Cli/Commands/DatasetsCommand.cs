using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Connections;
using Ipo.Cli.Datasets;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Commands;

/// <summary><c>ipo datasets</c>: lists, registers and shows datasets.</summary>
internal static class DatasetsCommand
{
    private const int EntriesPerPage = 1000; // the contract's limit

    public static Command Create()
    {
        var command = List(
            "datasets", "Lists the registered datasets with what was left out, and registers folders and zips.",
            "ipo datasets", "ipo datasets register photos/flowers", "ipo datasets delete flowers");
        command.Add(List("list", "Lists the registered datasets.", "ipo datasets list --json"));
        command.Add(Register());
        command.Add(Show());
        command.Add(Delete());
        return command;
    }

    private static SessionCommand List(string name, string description, params string[] examples)
    {
        var command = new SessionCommand(name, description) { Examples = examples };
        command.SetHandler(async session =>
        {
            var request = new ListDatasetsRequest { PageSize = EntriesPerPage };
            var list = new ListDatasetsResponse();
            do
            {
                var page = await session.Client.Datasets.ListDatasetsAsync(request);
                list.Datasets.AddRange(page.Datasets);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (session.Json) session.WriteJson(list);
            else if (list.Datasets.Count == 0)
                session.Terminal.Tell("No datasets are registered yet. Register a folder with: ipo datasets register PATH");
            else
            {
                Table(list.Datasets).Print(session.Terminal);
                foreach (var dataset in list.Datasets)
                    foreach (var warning in dataset.Warnings) session.Terminal.Tell($"Warning: {dataset.Name}: {warning}");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Register()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "A folder with one subfolder of images per class, with a CSV file (columns image, class and optionally split), " +
                "or with a published dataset in CoOp's layout; or a zip of any of these.",
        };
        var name = new Option<string?>("--name")
        {
            Description = "Name of the dataset. Default: derived from the folder's or zip's name.",
            HelpName = "NAME",
        };
        var template = new Option<string?>("--template")
        {
            Description = "A hand-written template, used as a second baseline.",
            HelpName = "TEXT",
        };
        var command = new SessionCommand(
            "register",
            "Registers a folder or zip as a dataset; registering the same content again changes nothing. It goes on while the "
            + "connection is lost; Ctrl-C cancels it.")
        {
            Examples =
            [
                "ipo datasets register photos/flowers.zip",
                "ipo datasets register photos/flowers --name flowers --template \"a photo of a <CLASS>, a type of flower.\"",
            ],
        };
        command.Add(path);
        command.Add(name);
        command.Add(template);
        var operation = new OperationOptions(command);
        command.SetHandler(async session =>
        {
            var parsed = session.Parsed;
            var request = DatasetRegistration.Request(
                parsed.GetRequiredValue(path), parsed.GetValue(name), parsed.GetValue(template), operation.Id(parsed));
            if (operation.IsDetached(parsed)) return await OperationOptions.BeginAsync(session, request);
            var dataset = await DatasetRegistration.RegisterAsync(session, request);
            if (session.Json) session.WriteJson(new RegisterDatasetResponse { Dataset = dataset });
            else session.Terminal.Print(dataset.Name);
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Show()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the dataset." };
        name.CompletionSources.Add(ServerNames.Datasets);
        var command = new SessionCommand("show", "Shows one dataset with its classes.") { Examples = ["ipo datasets show flowers"] };
        command.Add(name);
        command.SetHandler(async session =>
        {
            var found = await session.Client.Datasets.GetDatasetAsync(new() { Name = session.Parsed.GetRequiredValue(name) });
            if (session.Json) session.WriteJson(found);
            else Facts(found.Dataset).Print(session.Terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static SessionCommand Delete()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the dataset." };
        name.CompletionSources.Add(ServerNames.Datasets);
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new SessionCommand(
            "delete", "Deletes what Ipo keeps of a dataset that no run uses; your own folder or zip stays as it is.")
        {
            Examples = ["ipo datasets delete flowers --yes"],
        };
        command.Add(name);
        command.Add(yes);
        command.SetHandler(async session =>
        {
            var dataset = session.Parsed.GetRequiredValue(name);
            if (!session.Parsed.GetValue(yes)
                && !session.Confirms("Deleting a dataset", $"Delete what Ipo keeps of dataset {dataset}? Your own files stay."))
            {
                session.Terminal.Tell($"Kept dataset {dataset}.");
                return ExitCode.Error;
            }
            var deleted = await session.Client.Datasets.DeleteDatasetAsync(new() { Name = dataset });
            if (session.Json) session.WriteJson(deleted);
            else session.Terminal.Print($"Deleted dataset {dataset}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Table Table(IEnumerable<Dataset> datasets)
    {
        var table = new Table("DATASET", "CLASSES", "TRAIN", "VALIDATION", "TEST", "LAYOUT", "PATH");
        foreach (var dataset in datasets)
            table.Add(
                dataset.Name, Amounts.Count(dataset.ClassNames.Count), Amounts.Count(dataset.TrainImages),
                Amounts.Count(dataset.ValidationImages), Amounts.Count(dataset.TestImages), dataset.Layout, dataset.Path);
        return table;
    }

    private static Table Facts(Dataset dataset)
    {
        var facts = new Table("DATASET", dataset.Name);
        facts.Add("Path", dataset.Path);
        facts.Add("Layout", dataset.Layout);
        facts.Add("Contents", DatasetText.Contents(dataset));
        facts.Add("Digest", dataset.Digest);
        facts.Add("Registered", Amounts.Moment(dataset.RegisteredAt));
        if (dataset.HandWrittenTemplate.Length > 0) facts.Add("Template", dataset.HandWrittenTemplate);
        facts.Add("Classes", string.Join(", ", dataset.ClassNames));
        foreach (var warning in dataset.Warnings) facts.Add("Warning", warning);
        return facts;
    }
}
