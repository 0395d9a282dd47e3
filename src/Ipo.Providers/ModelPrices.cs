using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ipo.Providers;

/// <summary>What a million tokens of a model cost, in US dollars.</summary>
/// <param name="Input">Of requests.</param>
/// <param name="Output">Of answers, thoughts included.</param>
public sealed record ModelPrice(decimal Input, decimal Output);

/// <summary>List prices of well-known models as they stood on one day (model-prices.json), so that budgets and estimates
/// have money in them without a setting. Settings come first: prices change, and accounts have their own.</summary>
public static partial class ModelPrices
{
    private static readonly Dictionary<string, ModelPrice> Models = new(StringComparer.OrdinalIgnoreCase);

    static ModelPrices()
    {
        using var file = typeof(ModelPrices).Assembly.GetManifestResourceStream("model-prices.json")!;
        using var json = JsonDocument.Parse(file);
        AsOf = DateOnly.ParseExact(json.RootElement.GetProperty("asOf").GetString()!, "yyyy-MM-dd", null);
        foreach (var model in json.RootElement.GetProperty("models").EnumerateObject())
            Models.Add(model.Name, new(model.Value[0].GetDecimal(), model.Value[1].GetDecimal()));
    }

    /// <summary>The day of the prices.</summary>
    public static DateOnly AsOf { get; }

    /// <summary>The price of a model; null where it is not in the table. A name that goes on with a date, a number of a build
    /// or "latest", or behind a colon or an at sign, is a build of the name in front: gpt-4o-mini-2024-07-18 is a
    /// gpt-4o-mini. Any other word makes another model, perhaps a dearer one: gpt-4-32k and o3-deep-research have no price
    /// here. What stands before a slash is a gateway's name of the maker.</summary>
    public static ModelPrice? Of(string model)
    {
        var name = model.Trim()[(model.Trim().LastIndexOf('/') + 1)..];
        for (var end = name.Length; end > 0; end = name.LastIndexOfAny(['-', ':', '@'], end - 1))
            if (Models.TryGetValue(name[..end], out var price)) return Build().IsMatch(name[end..]) ? price : null;
        return null;
    }

    [GeneratedRegex(@"^((-(\d{2}|\d{3,4}|\d{8}|latest))*([:@].*)?)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Build();
}
