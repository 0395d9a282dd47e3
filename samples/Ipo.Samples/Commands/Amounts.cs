using System.Globalization;

namespace Ipo.Samples.Commands;

/// <summary>Numbers in messages.</summary>
internal static class Amounts
{
    /// <summary>"1 picture", "60 pictures", "16 classes" where the plural is given.</summary>
    public static string Count(int number, string singular, string? plural = null) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {(number == 1 ? singular : plural ?? singular + "s")}";
}
