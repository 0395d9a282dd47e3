using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Xunit;

namespace Ipo.Tests.Orchestrator.Contract;

public sealed class ReadMaskTests
{
    private static V1.Run Run() => new()
    {
        RunId = "one",
        State = V1.RunState.Completed,
        Settings = new() { Dataset = "tiny", Steps = 3, Budget = new() { Calls = 5 } },
        Refusals = { new V1.RefusalCount { Count = 2 } },
        Labels = { ["team"] = "vision" },
        Outcome = new() { Winner = new() { Templates = { "a <CLASS>" } } },
    };

    [Fact]
    public void No_mask_and_an_empty_one_leave_everything()
    {
        Assert.Equal(Run(), ReadMask<V1.Run>.Of("read_mask", null).Apply(Run()));
        Assert.Equal(Run(), ReadMask<V1.Run>.Of("read_mask", new()).Apply(Run()));
    }

    [Fact]
    public void Fields_lists_maps_and_fields_in_fields_stay_and_nothing_else() => Assert.Equal(
        new()
        {
            State = V1.RunState.Completed,
            Settings = new() { Steps = 3, Budget = new() { Calls = 5 } },
            Refusals = { new V1.RefusalCount { Count = 2 } },
            Labels = { ["team"] = "vision" },
        },
        Masked(Run(), "state", "refusals", "labels", "settings.budget.calls", "settings.steps", "baseline.accuracy"));

    [Fact]
    public void Names_of_json_are_taken_too() =>
        Assert.Equal(new() { RunId = "one", Settings = new() }, Masked(Run(), "runId", "settings.candidatesPerStep", "activity_progress"));

    [Fact]
    public void A_field_and_one_in_it_are_the_whole_field() =>
        Assert.Equal(new() { Settings = Run().Settings }, Masked(Run(), "settings.steps", "settings"));

    [Fact]
    public void The_member_of_a_choice_that_is_set_stays_whatever_the_others_are()
    {
        var operation = new V1.Operation { OperationId = "one", Scores = new() { ClassNames = { "a" } }, State = V1.OperationState.Succeeded };
        Assert.Equal(new() { Scores = operation.Scores.Clone() }, Masked(operation.Clone(), "scores"));
        Assert.Equal(new() { State = V1.OperationState.Succeeded }, Masked(operation.Clone(), "state", "dataset"));
    }

    [Theory]
    [InlineData("colour")]
    [InlineData("settings.colour")]
    [InlineData("refusals.count")]
    [InlineData("")]
    public void A_path_that_leads_to_no_field_is_refused(string path)
    {
        var refused = Assert.Throws<RefusedException>(() => Masked(Run(), "state", path));
        Assert.StartsWith($"read_mask has '{path}', which is no field of Run; it has run_id, settings, ", refused.Message, StringComparison.Ordinal);
    }

    private static T Masked<T>(T message, params string[] paths) where T : Google.Protobuf.IMessage<T>, new() =>
        ReadMask<T>.Of("read_mask", new FieldMask { Paths = { paths } }).Apply(message);
}
