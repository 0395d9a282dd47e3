using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class CanonicalPathTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _root;

    public CanonicalPathTests()
    {
        _root = CanonicalPath.Of(_folder);
        Directory.CreateDirectory(Path.Combine(_folder, "a/b"));
    }

    [Fact]
    public void Follows_links_in_the_middle_relative_and_absolute_and_back_up()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "one"), "a");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a/two"), Path.Combine(_folder, "one/b"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a/b/up"), "../..");
        Assert.Equal(Path.Combine(_root, "a/b"), CanonicalPath.Of(Path.Combine(_folder, "one/two")));
        Assert.Equal(Path.Combine(_root, "a/b/x.png"), CanonicalPath.Of(Path.Combine(_folder, "one/two/up/a/b/x.png")));
        Assert.Equal(_root, CanonicalPath.Of(Path.Combine(_folder, "a/b/up")));
    }

    [Fact]
    public void Says_that_links_go_in_a_circle()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "x"), "y");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "y"), "x");
        Assert.Contains("symbolic links", Assert.Throws<RefusedException>(() => CanonicalPath.Of(Path.Combine(_folder, "x"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/data", "/data", true)]
    [InlineData("/data/x", "/data", true)]
    [InlineData("/data/x", "/", true)]
    [InlineData("/database", "/data", false)]
    [InlineData("/", "/data", false)]
    public void A_folder_holds_itself_and_what_is_below_it(string path, string folder, bool under) =>
        Assert.Equal(under, CanonicalPath.IsUnder(path, folder));

    public void Dispose() => _folder.Dispose();
}
