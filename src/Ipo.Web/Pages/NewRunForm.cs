using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Ipo.V1;

namespace Ipo.Web.Pages;

/// <summary>Where a form has a field.</summary>
internal enum FieldPlace
{
    /// <summary>With what most people set.</summary>
    Search,

    /// <summary>With the limits.</summary>
    Budget,

    /// <summary>Folded away.</summary>
    Advanced,
}

/// <summary>A number that a run can be given.</summary>
/// <param name="Words">What the form calls it, with its unit.</param>
/// <param name="Path">Its path below the settings.</param>
/// <param name="Place">Where the form has it.</param>
/// <param name="Factor">What a person's unit is in the contract's.</param>
internal sealed record NumberField(string Words, string Path, FieldPlace Place, double Factor = 1)
{
    /// <summary>Whether it takes whole numbers alone.</summary>
    public bool IsWhole => Factor == 1 && Path != "temperature";

    /// <summary>Its value as a person writes it; empty if it is not set.</summary>
    public string Read(RunSettings settings)
    {
        if (Path == "budget.duration") return settings.Budget?.Duration is { } time ? Written(time.ToTimeSpan().TotalSeconds) : "";
        IMessage? message = settings;
        var names = Path.Split('.');
        foreach (var name in names[..^1]) message = message?.Descriptor.FindFieldByName(name).Accessor.GetValue(message) as IMessage;
        if (message?.Descriptor.FindFieldByName(names[^1]) is not { } field || !field.Accessor.HasValue(message)) return "";
        return Written(Convert.ToDouble(field.Accessor.GetValue(message), CultureInfo.InvariantCulture));
    }

    /// <summary>Puts a value into settings.</summary>
    public void Put(RunSettings settings, double value)
    {
        if (Path.StartsWith("budget.", StringComparison.Ordinal)) settings.Budget ??= new();
        if (Path == "budget.duration")
        {
            settings.Budget!.Duration = Duration.FromTimeSpan(TimeSpan.FromSeconds(value * Factor));
            return;
        }
        var names = Path.Split('.');
        IMessage message = names.Length > 1 ? settings.Budget! : settings;
        var field = message.Descriptor.FindFieldByName(names[^1]);
        field.Accessor.SetValue(message, field.FieldType switch
        {
            FieldType.Int32 => (object)(int)Math.Round(value * Factor),
            FieldType.Int64 => (long)Math.Round(value * Factor),
            _ => value * Factor,
        });
    }

    private string Written(double value) => (value / Factor).ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>What a person has filled in so far; what is left empty is the preset's.</summary>
internal sealed class NewRunForm
{
    private const double LargestNumber = 2_000_000_000;
    private const NumberStyles Written = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;

    private const string WithoutHistory = "/no-history";

    private readonly Dictionary<NumberField, string> texts = [];

    /// <summary>The numbers, in the order of the form.</summary>
    public static IReadOnlyList<NumberField> Numbers { get; } =
    [
        new("Shots (search images for each class; 0 for all)", "shots", FieldPlace.Search),
        new("Steps", "steps", FieldPlace.Search),
        new("Candidates in each step", "candidates_per_step", FieldPlace.Search),
        new("Paid calls", "budget.calls", FieldPlace.Budget),
        new("Tokens", "budget.tokens", FieldPlace.Budget),
        new("US dollars", "budget.cost_micro_usd", FieldPlace.Budget, 1_000_000),
        new("Minutes", "budget.duration", FieldPlace.Budget, 60),
        new("Seed (another one searches from another start)", "seed", FieldPlace.Advanced),
        new("Patience (steps without a better template; 0 never stops early)", "patience", FieldPlace.Advanced),
        new("Memory (scored templates that the proposer is shown)", "memory_size", FieldPlace.Advanced),
        new("Temperature (0 to 2, of language models)", "temperature", FieldPlace.Advanced),
        new("Most templates to combine (an ensemble; 1 for none)", "ensemble_size", FieldPlace.Advanced),
    ];

    /// <summary>The id that the run will have.</summary>
    public string RunId { get; } = $"run-{Guid.NewGuid():N}"[..16];

    public string Dataset { get; set; } = "";

    public string Preset { get; set; } = "";

    /// <summary>"yes", "no" or empty for the preset's.</summary>
    public string Descriptions { get; set; } = "";

    public HashSet<string> Proposers { get; } = [];

    /// <summary>Settings of the run taken over that the form has no field for; they are kept.</summary>
    public RunSettings Rest { get; private set; } = new();

    public bool HasComplaints => Numbers.Any(number => Complaint(number) is not null);

    public void Choose(string proposer, bool isChosen)
    {
        if (isChosen) Proposers.Add(proposer);
        else Proposers.Remove(proposer);
    }

    public string Text(NumberField field) => texts.GetValueOrDefault(field, "");

    public void Write(NumberField field, string? text) => texts[field] = text?.Trim() ?? "";

    /// <summary>Why a text is no number; null where it is one, or empty.</summary>
    public string? Complaint(NumberField field) => (Text(field), Number(field)) switch
    {
        ({ Length: 0 }, _) => null,
        (var text, null) => $"'{text}' is no number; write one as 12 or 0.5, or leave it empty.",
        (var text, { } value) when field.IsWhole && !double.IsInteger(value) => $"'{text}' is no whole number.",
        _ => null,
    };

    /// <summary>Takes over the settings of another run.</summary>
    public void Read(RunSettings settings)
    {
        (Dataset, Preset) = (settings.Dataset, settings.Preset);
        foreach (var field in Numbers) texts[field] = field.Read(settings);
        if (settings.HasDescriptions) Descriptions = settings.Descriptions ? "yes" : "no";
        foreach (var proposer in settings.Proposers) Proposers.Add(Name(proposer));
        Rest = settings.Clone();
        (Rest.Dataset, Rest.Preset, Rest.Budget) = ("", "", null);
        Rest.Proposers.Clear();
        Rest.ClearDescriptions();
        foreach (var field in Numbers.Where(field => !field.Path.Contains('.')))
            RunSettings.Descriptor.FindFieldByName(field.Path).Accessor.Clear(Rest);
    }

    /// <summary>The settings as the contract has them.</summary>
    public RunSettings Settings()
    {
        var settings = Rest.Clone();
        (settings.Dataset, settings.Preset) = (Dataset, Preset);
        foreach (var field in Numbers)
            if (Number(field) is { } value) field.Put(settings, value);
        if (Descriptions.Length > 0) settings.Descriptions = Descriptions == "yes";
        settings.Proposers.Add(Proposers.Order(StringComparer.Ordinal).Select(Choice));
        return settings;
    }

    private static string Name(ProposerChoice choice) =>
        (choice.NamedModel.Length > 0 ? $"{choice.Name}@{choice.NamedModel}" : choice.Name) + (choice.HidesHistory ? WithoutHistory : "");

    private static ProposerChoice Choice(string name)
    {
        var hides = name.EndsWith(WithoutHistory, StringComparison.Ordinal);
        var parts = (hides ? name[..^WithoutHistory.Length] : name).Split('@', 2);
        return new() { Name = parts[0], NamedModel = parts.ElementAtOrDefault(1) ?? "", HidesHistory = hides };
    }

    private double? Number(NumberField field) =>
        double.TryParse(Text(field), Written, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= LargestNumber
            ? value
            : null;
}
