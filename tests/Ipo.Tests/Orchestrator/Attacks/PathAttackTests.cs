using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Paths and ids that lead elsewhere, and files that are others' by the time they are read.</summary>
public sealed class PathAttackTests : OrchestratorTest
{
    private string Secret => Path.Combine(Folder, "secret");

    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        TinyDataset.Write(Folder, "secret", classes: 2); // outside of the root
        Folder.Write("secret/list.csv", "image,class\nkind_a/00.png,canary\n");
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("tiny/../../secret")]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("/proc/self/root/etc")]
    [InlineData("/proc/self/environ")]
    [InlineData("/dev/zero")]
    [InlineData("~")]
    [InlineData("tiny\0/../../secret")]
    [InlineData("..\\secret")]
    [InlineData("%2e%2e/secret")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://127.0.0.1:{port}/data.zip")]
    [InlineData("https://127.0.0.1:{port}/data.zip")]
    [InlineData("ftp://127.0.0.1:{port}/data.zip")]
    [InlineData("//127.0.0.1/share/data")]
    [InlineData("\\\\127.0.0.1\\share\\data")]
    [InlineData("s3://bucket/data")]
    [InlineData("jar:file:///data.zip!/")]
    public async Task A_path_out_of_the_root_or_an_address_is_refused_and_nothing_is_fetched(string path)
    {
        using var web = new TcpListener(IPAddress.Loopback, 0);
        web.Start();
        var asked = path.Replace("{port}", $"{((IPEndPoint)web.LocalEndpoint).Port}", StringComparison.Ordinal);
        var words = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync(asked));
        Assert.StartsWith("path ", words, StringComparison.Ordinal);
        Assert.False(web.Pending());
        await AnswersAsync();
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\u202eb")]
    [InlineData("<b>")]
    [InlineData("x' OR 1=1 --")]
    [InlineData("$(id)")]
    public async Task Ids_and_names_that_are_paths_markup_or_SQL_are_refused(string name)
    {
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny", Name = name }, cancellationToken: Cancellation));
        await Lab.RegisterAsync("tiny");
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Runs.CreateRunAsync(new() { RunId = name, Settings = new() { Dataset = "tiny" } }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Runs.GetRunAsync(new() { RunId = name }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Datasets.GetDatasetAsync(new() { Name = name }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Operations.CreateOperationAsync(new() { OperationId = name, Registration = new() { Path = "tiny" } }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Datasets.GetImageAsync(new() { Name = "tiny", Sha256 = name }, cancellationToken: Cancellation));
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { name } }, cancellationToken: Cancellation));
        foreach (var path in (string[])["/v1/runs/{0}", "/runs/{0}/report.md", "/v1/datasets/{0}", "/v1/uploads/{0}"])
        {
            using var answer = await Lab.Http.GetAsync(
                string.Format(null, CompositeFormat.Parse(path), Uri.EscapeDataString(name)), Cancellation);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
        await AnswersAsync();
    }

    [Theory]
    [InlineData("../evil.png")]
    [InlineData("/tmp/evil.png")]
    [InlineData("a/../../evil.png")]
    [InlineData("..\\evil.png")]
    [InlineData("a\0b.png")]
    [InlineData("{long}.png")]
    [InlineData("{deep}x.png")]
    public async Task A_manifest_that_names_a_path_out_of_its_folder_or_one_that_no_disk_takes_is_refused(string path)
    {
        var image = TinyDataset.Image("evil");
        await UploadAsync(image);
        var name = path.Replace("{long}", new string('n', 5_000), StringComparison.Ordinal).Replace("{deep}", string.Concat(Enumerable.Repeat("d/", 5_000)), StringComparison.Ordinal);
        var manifest = Encoding.UTF8.GetBytes($"{Of(image)}  {name}\n");
        await UploadAsync(manifest);
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Datasets.RegisterDatasetAsync(new() { Name = "up", Upload = Of(manifest) }, cancellationToken: Cancellation));
        Assert.Empty(Directory.GetFiles(Folder, "*evil*", SearchOption.AllDirectories));
        await AnswersAsync();
    }

    [Fact]
    public async Task A_manifest_in_which_a_file_is_also_a_folder_is_refused()
    {
        var image = TinyDataset.Image("evil");
        await UploadAsync(image);
        var manifest = Encoding.UTF8.GetBytes($"{Of(image)}  a/x.png\n{Of(image)}  a/x.png/y.png\n");
        await UploadAsync(manifest);
        await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Datasets.RegisterDatasetAsync(new() { Name = "up", Upload = Of(manifest) }, cancellationToken: Cancellation));
        await AnswersAsync();
    }

    [Fact]
    public void What_was_swapped_for_a_link_after_it_was_looked_at_is_not_read()
    {
        var root = Path.Combine(Folder, "data");
        var file = Path.Combine(root, "tiny", "kind_a", "00.png");
        using (var read = OpenedFile.Read(file, root)) Assert.Equal(TinyDataset.Image("data/tiny 0 0").Length, read.Length);

        // The file, its folder, and the dataset's folder, in turn.
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine(Secret, "kind_a", "00.png"));
        AssertRefused(() => OpenedFile.Read(file, root));
        Swap(Path.Combine(root, "tiny", "kind_a"), Path.Combine(Secret, "kind_a"));
        AssertRefused(() => OpenedFile.Read(file, root));
        Directory.Delete(Path.Combine(root, "tiny"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(root, "tiny"), Secret);
        AssertRefused(() => OpenedFile.Read(file, root));
        AssertRefused(() => ListedFiles.Open(Path.Combine(root, "tiny", "list.csv"), root));
        AssertRefused(() => ListedFiles.Peek(Path.Combine(root, "tiny", "list.csv"), root));
        AssertRefused(() => ListedFiles.OpenBytes(Path.Combine(root, "tiny", "list.csv"), root));

        static void AssertRefused(Func<IDisposable> open) =>
            Assert.Contains("leads out of the dataset root", Assert.Throws<RefusedException>(() => open().Dispose()).Message, StringComparison.Ordinal);
    }

    // Another process turns a class's folder into a link to a secret one and back, as fast as it can.
    [Fact]
    public async Task A_folder_that_is_swapped_all_the_while_never_brings_a_file_from_outside_into_a_dataset()
    {
        var secrets = Directory.GetFiles(Secret, "*.png", SearchOption.AllDirectories).Select(file => Of(File.ReadAllBytes(file))).ToHashSet();
        var (folder, aside) = (Path.Combine(Folder, "data", "tiny", "kind_a"), Path.Combine(Folder, "data", ".aside"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder, aside);
                Directory.CreateSymbolicLink(folder, Path.Combine(Secret, "kind_a"));
                Directory.Delete(folder);
                Directory.Move(aside, folder);
            }
        }, Cancellation);
        var (registered, refused) = (0, 0);
        for (var tries = 0; tries < 200; tries++)
            try
            {
                await Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny", Name = $"try{tries}" }, cancellationToken: Cancellation);
                registered++;
                Assert.DoesNotContain(Lab.ImagesOf($"try{tries}"), image => secrets.Contains(image.Sha256));
            }
            catch (RpcException fault)
            {
                Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
                refused++;
            }
        await stop.CancelAsync();
        await swapping;
        TestContext.Current.TestOutputHelper!.WriteLine($"{registered} registered without it, {refused} refused");
        await AnswersAsync();
    }

    [Fact]
    public async Task An_image_that_is_swapped_after_registration_is_neither_shown_nor_scored()
    {
        await Lab.RegisterAsync("tiny");
        var image = Lab.ImagesOf("tiny").First(image => image.Path == "kind_a/00.png");
        var file = Path.Combine(Folder, "data", "tiny", image.Path);
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine(Secret, "kind_a", "00.png"));
        Assert.Contains("has changed since it was registered", await RefusedImageAsync(image.Sha256), StringComparison.Ordinal);

        // Of a gigabyte that it has become nothing is read.
        File.Delete(file);
        using (var large = File.Create(file)) large.SetLength(1L << 30);
        var before = GC.GetTotalAllocatedBytes();
        Assert.Contains("has changed since it was registered", await RefusedImageAsync(image.Sha256), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 512 * 1024 * 1024);
        await AnswersAsync();
    }

    [Fact]
    public async Task A_named_pipe_in_place_of_an_image_a_list_or_a_zip_holds_up_nobody()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no named pipes in folders.");
        await Lab.RegisterAsync("tiny");
        var image = Lab.ImagesOf("tiny").First(image => image.Path == "kind_a/00.png");
        var file = Path.Combine(Folder, "data", "tiny", image.Path);
        File.Delete(file);
        Pipe(file);
        Assert.Contains("is a pipe or a device", await RefusedImageAsync(image.Sha256, StatusCode.InvalidArgument), StringComparison.Ordinal);
        var again = await Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, cancellationToken: Cancellation);
        Assert.Contains("'kind_a/00.png' is empty and is left out.", again.Dataset.Warnings);

        Pipe(Path.Combine(Folder, "data", "tiny", "list.csv"));
        Assert.Contains("'list.csv' is a pipe", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync("tiny")), StringComparison.Ordinal);
        Pipe(Path.Combine(Folder, "data", "pipe.zip"));
        Assert.Contains("'pipe.zip' is a pipe", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => RegisterAsync("pipe.zip")), StringComparison.Ordinal);
        await AnswersAsync();
    }

    private Task<V1.RegisterDatasetResponse> RegisterAsync(string path) => Client.Datasets.RegisterDatasetAsync(new() { Path = path, Name = "x" }, cancellationToken: Cancellation).ResponseAsync;

    private Task<string> RefusedImageAsync(string sha256, StatusCode code = StatusCode.FailedPrecondition) => OrchestratorLab.RefusedAsync(
        code, async () => await Client.Datasets.GetImageAsync(new() { Name = "tiny", Sha256 = sha256 }, cancellationToken: Cancellation));

    private async Task AnswersAsync() => await Client.Datasets.ListDatasetsAsync(new(), cancellationToken: Cancellation);

    private async Task UploadAsync(byte[] content)
    {
        using var call = Client.Uploads.UploadFiles(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = Of(content), SizeBytes = content.Length } }, Cancellation);
        await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(content) }, Cancellation);
        await call.RequestStream.CompleteAsync();
        await call;
    }

    private static void Swap(string folder, string target)
    {
        Directory.Delete(folder, recursive: true);
        Directory.CreateSymbolicLink(folder, target);
    }

    private static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static void Pipe(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
