using System.Security.Cryptography;
using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>An operation in words and tables.</summary>
internal static class OperationText
{
    /// <summary>A new id, in the form that the orchestrator would choose. It is chosen here, so that a request can be sent
    /// again when its answer was lost.</summary>
    /// <param name="kind">"registration" or "evaluation".</param>
    public static string NewId(string kind) => $"{kind}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 8)}";

    /// <summary>Where it stands, in one word.</summary>
    public static string State(OperationState state) => state switch
    {
        OperationState.Running => "running",
        OperationState.Succeeded => "succeeded",
        OperationState.Failed => "failed",
        OperationState.Cancelled => "cancelled",
        OperationState.Interrupted => "interrupted",
        _ => "in an unknown state",
    };

    /// <summary>Its id and what it does, to begin a sentence with.</summary>
    public static string Name(Operation operation) => $"Operation {operation.OperationId} ({Work(operation)})";

    /// <summary>What it does.</summary>
    public static string Work(Operation operation) => operation switch
    {
        { Registration: { Upload.Length: > 0 } dataset } => $"registration of upload {ModelText.Prefix(dataset.Upload)} as {dataset.Name}",
        { Registration: { } dataset } => $"registration of {dataset.Path}",
        { Evaluation: { } evaluation } => $"evaluation on {RunWords.Part(evaluation.Split)} images of {evaluation.Dataset}",
        _ => "unknown work",
    };

    /// <summary>How far it is; null where nothing is known.</summary>
    public static (string Doing, long Done, long All)? Progress(Operation operation) => operation.ProgressCase switch
    {
        Operation.ProgressOneofCase.RegistrationProgress => (
            Wording.Of(operation.RegistrationProgress.Stage),
            operation.RegistrationProgress.FilesDone, operation.RegistrationProgress.Files),
        Operation.ProgressOneofCase.EvaluationProgress => (
            "encoding images", operation.EvaluationProgress.ImagesDone, operation.EvaluationProgress.Images),
        _ => null,
    };

    public static Table Table(IEnumerable<Operation> operations)
    {
        var table = new Table("OPERATION", "STATE", "WORK", "PROGRESS", "CREATED");
        foreach (var operation in operations)
            table.Add(
                operation.OperationId, State(operation.State), Work(operation), InWords(operation), Amounts.Moment(operation.CreatedAt));
        return table;
    }

    public static Table Facts(Operation operation)
    {
        var facts = new Table("OPERATION", operation.OperationId);
        facts.Add("State", State(operation.State));
        facts.Add("Work", Work(operation));
        if (InWords(operation) is { Length: > 0 } progress) facts.Add("Progress", progress);
        foreach (var set in operation.Evaluation?.PromptSets ?? []) facts.Add("Prompts", RunWords.Prompts(set));
        if (operation.Dataset is { } dataset) facts.Add("Dataset", $"{dataset.Name}: {DatasetText.Contents(dataset)}");
        if (operation.Error is { } error) facts.Add("Error", error.Message);
        facts.Add("Created", Amounts.Moment(operation.CreatedAt));
        facts.Add("Changed", Amounts.Moment(operation.UpdatedAt));
        facts.Add("Kept until", Amounts.Moment(operation.ExpiresAt));
        return facts;
    }

    private static string InWords(Operation operation) => Progress(operation) is var (doing, done, all)
        ? $"{doing}, {Amounts.Count(done)} of {Amounts.Count(all)}"
        : "";
}
