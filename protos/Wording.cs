using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Ipo.V1;

/// <summary>Closed sets in words, the same in every report, page and terminal; the contract holds them beside each
/// value.</summary>
public static class Wording
{
    private static readonly EnumDescriptor Refusals = In(RunsReflection.Descriptor, nameof(RefusalReason));

    private static readonly EnumDescriptor Failures = In(ProviderReflection.Descriptor, nameof(FailureKind));

    private static readonly EnumDescriptor Stages = In(DatasetsReflection.Descriptor, nameof(RegistrationStage));

    private static readonly EnumDescriptor Formats = In(ReportsReflection.Descriptor, nameof(ExportFormat));

    /// <summary>Why proposals were refused, as it stands behind a number: "2 repeated".</summary>
    public static string Of(RefusalReason reason) => Option(Refusals, (int)reason, WordingExtensions.Words) ?? "for an unknown reason";

    /// <summary>What a registration does, as it stands before how far it is: "reading images 3 of 40".</summary>
    public static string Of(RegistrationStage stage) => Option(Stages, (int)stage, WordingExtensions.Words) ?? "registering";

    /// <summary>How calls failed, as it stands behind a number: "3 rate-limited".</summary>
    public static string Of(FailureKind kind) => Option(Failures, (int)kind, WordingExtensions.Words) ?? "of an unknown kind";

    /// <summary>What an exported file is and is for.</summary>
    public static string Of(ExportFormat format) => Option(Formats, (int)format, WordingExtensions.Words) ?? "a form of this system";

    /// <summary>What the name of an exported file ends in, without the point.</summary>
    public static string FileEnding(ExportFormat format) => Option(Formats, (int)format, WordingExtensions.FileEnding) ?? "json";

    private static EnumDescriptor In(FileDescriptor file, string name) => file.FindTypeByName<EnumDescriptor>(name);

    // Null for a number that only a newer version knows.
    private static string? Option(EnumDescriptor values, int number, Extension<EnumValueOptions, string> option) =>
        values.FindValueByNumber(number)?.GetOptions()?.GetExtension(option) is { Length: > 0 } words ? words : null;
}
