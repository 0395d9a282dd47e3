using Google.Protobuf.Reflection;

namespace Ipo.V1;

/// <summary>The forms of an export as people write them: the contract's names without their prefix, in lower case.</summary>
public static class ExportFormats
{
    private const string Prefix = "EXPORT_FORMAT_";

    /// <summary>From name to form, in the order of the contract.</summary>
    public static IReadOnlyDictionary<string, ExportFormat> ByName { get; } = ReportsReflection.Descriptor
        .FindTypeByName<EnumDescriptor>(nameof(ExportFormat)).Values.Where(value => value.Number != 0)
        .ToDictionary(value => value.Name[Prefix.Length..].ToLowerInvariant(), value => (ExportFormat)value.Number);

    /// <summary>The name of a form.</summary>
    public static string NameOf(ExportFormat format) => ByName.Single(pair => pair.Value == format).Key;
}
