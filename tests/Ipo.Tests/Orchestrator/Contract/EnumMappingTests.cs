using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Xunit;

namespace Ipo.Tests.Orchestrator.Contract;

public sealed class EnumMappingTests
{
    [Fact]
    public void Every_member_has_a_twin_of_its_name_and_unspecified_is_nobodys()
    {
        Check<RefusalReason, V1.RefusalReason>();
        Check<FailureKind, V1.FailureKind>();
        Check<StopReason, V1.StopReason>();
        Check<RunStatus, V1.RunState>(nameof(V1.RunState.Queued), nameof(V1.RunState.Blocked)); // the host knows who waits, the journal does not
        Check<ZeroShotProbability, V1.ZeroShotProbability>();
    }

    private static void Check<TFrom, TTo>(params string[] others) where TFrom : struct, Enum where TTo : struct, Enum
    {
        Assert.All(Enum.GetValues<TFrom>(), value => Assert.Equal(value.ToString(), EnumMapping<TFrom, TTo>.Of(value).ToString()));
        Assert.Equal(
            Enum.GetNames<TTo>().Except(["Unspecified", .. others]).Order(), Enum.GetNames<TFrom>().Order());
    }
}
