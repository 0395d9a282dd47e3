using System.Text.RegularExpressions;
using Ipo.ServiceDefaults.Settings;

namespace Ipo.Cache;

/// <summary>Configuration section <c>Ipo:Cache</c>; the port is IPO_REDIS_PORT.</summary>
internal sealed partial class CacheOptions : ISettingsWithRules
{
    public const string Section = "Ipo:Cache";

    /// <summary>Memory for keys and values, as a number with k, m or g. When it is full the oldest keys are dropped
    /// without a word: what is here has to be a cache, never state.</summary>
    public string Memory { get; set; } = "256m";

    /// <summary>Folder in which the content outlives a restart; null keeps it in memory only.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>The size on disk, with k, m or g, at which the log of changes is folded into a snapshot of the
    /// memory.</summary>
    public string LogLimit { get; set; } = "512m";

    /// <summary>The password that clients have to give; null asks for none. What is kept is sealed by those who keep it, so
    /// this alone decides who may delete it.</summary>
    public string? Password { get; set; }

    IEnumerable<string> ISettingsWithRules.Problems(string path)
    {
        if (!Size().IsMatch(Memory)) yield return $"{path}:Memory is '{Memory}'; set it to a number with k, m or g, such as 256m.";
        if (!Size().IsMatch(LogLimit)) yield return $"{path}:LogLimit is '{LogLimit}'; set it to a number with k, m or g, such as 512m.";
    }

    [GeneratedRegex("^[1-9][0-9]{0,5}[kmg]$")]
    private static partial Regex Size();
}
