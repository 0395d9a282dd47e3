using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Protos;

public sealed class WordingTests
{
    [Fact]
    public void Every_member_that_a_person_meets_has_words()
    {
        Says<RefusalReason>(Wording.Of);
        Says<FailureKind>(Wording.Of);
        Says<RegistrationStage>(Wording.Of);
        Says<ExportFormat>(Wording.Of);
        Says<ExportFormat>(Wording.FileEnding, alike: true);
        Assert.Equal("2 repeated", $"2 {Wording.Of(RefusalReason.Duplicate)}");
        Assert.Equal("for an unknown reason", Wording.Of((RefusalReason)999));
    }

    private static void Says<T>(Func<T, string> words, bool alike = false) where T : struct, Enum
    {
        var said = Enum.GetValues<T>().Where(value => value.ToString() != "Unspecified").Select(words).ToList();
        Assert.All(said, Assert.NotEmpty);
        if (!alike) Assert.Equal(said.Count, said.Append(words(default)).Distinct().Count() - 1);
    }
}
