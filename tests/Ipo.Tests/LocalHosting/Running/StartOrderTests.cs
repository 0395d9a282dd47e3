using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;
using Xunit;

namespace Ipo.Tests.LocalHosting.Running;

public sealed class StartOrderTests
{
    private readonly DistributedApplicationBuilder _builder = new([]);

    private string Refusal() => Assert.Throws<DistributedApplicationException>(() => StartOrder.Check([.. _builder.Resources.OfType<ProcessResource>()])).Message;

    [Fact]
    public void Resources_that_wait_for_each_other_are_refused_before_anything_starts()
    {
        var one = _builder.AddService("one");
        var two = _builder.AddService("two").WaitFor(one);
        one.WaitFor(_builder.AddService("three").WaitFor(two));
        Assert.Equal("Resources wait for each other and none can start: one waits for three waits for two waits for one.", Refusal());
    }

    [Fact]
    public void Waiting_for_the_end_of_a_service_is_refused()
    {
        var one = _builder.AddService("one");
        _builder.AddService("two").WaitForCompletion(one);
        Assert.Equal("'two' waits for 'one' to end, but that is a service, which does not.", Refusal());
    }

    [Fact]
    public void Two_resources_with_one_name_are_refused()
    {
        _builder.AddService("one");
        Assert.Equal("Two resources are named 'one'.", Assert.Throws<DistributedApplicationException>(() => _builder.AddService("one")).Message);
    }
}
