using Google.Api;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Datasets over gRPC.</summary>
internal sealed class DatasetService(
    DatasetRegistration registration, DatasetDeletion deletion, DatasetStore datasets, DatasetImages images, TimeProvider clock)
    : V1.DatasetService.DatasetServiceBase
{
    [ForRole(Role.Run)]
    public override async Task<V1.RegisterDatasetResponse> RegisterDataset(V1.RegisterDatasetRequest request, ServerCallContext context) =>
        new() { Dataset = DatasetMessages.Of(await RegisterAsync(request, new(), context)) };

    [ForRole(Role.Run)]
    public override async Task RegisterDatasetWithProgress(
        V1.RegisterDatasetWithProgressRequest request, IServerStreamWriter<V1.RegisterDatasetWithProgressResponse> responseStream,
        ServerCallContext context)
    {
        var progress = new RegistrationProgress();
        // On another thread: it lists and reads files before it first waits for anything.
        var registering = Task.Run(() => RegisterAsync(request.Registration ?? new(), progress, context));
        await ProgressStream.WriteAsync(
            registering, () => DatasetMessages.Of(progress), responseStream, now => new() { Progress = now },
            dataset => new() { Dataset = DatasetMessages.Of(dataset) }, clock, context.CancellationToken);
    }

    [ForRole(Role.Read)]
    public override Task<V1.ListDatasetsResponse> ListDatasets(V1.ListDatasetsRequest request, ServerCallContext context)
    {
        var page = Paging<Dataset>.Of(datasets.List(), dataset => dataset.Name, request.PageSize, request.PageToken);
        return Task.FromResult(new V1.ListDatasetsResponse
        {
            Datasets = { page.Entries.Select(DatasetMessages.Of) },
            NextPageToken = page.NextToken,
        });
    }

    [ForRole(Role.Read)]
    public override Task<V1.GetDatasetResponse> GetDataset(V1.GetDatasetRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.GetDatasetResponse { Dataset = DatasetMessages.Of(datasets.Get(Named(request.Name))) });

    [ForRole(Role.Read)]
    public override Task<V1.ListImagesResponse> ListImages(V1.ListImagesRequest request, ServerCallContext context)
    {
        Named(request.Name);
        return Task.FromResult(images.List(request));
    }

    [ForRole(Role.Read)]
    public override Task<HttpBody> GetImage(V1.GetImageRequest request, ServerCallContext context)
    {
        Named(request.Name);
        return images.GetAsync(request, context.CancellationToken);
    }

    [ForRole(Role.Read)]
    public override Task<HttpBody> GetThumbnail(V1.GetThumbnailRequest request, ServerCallContext context)
    {
        Named(request.Name);
        return images.GetThumbnailAsync(request, context.CancellationToken);
    }

    [ForRole(Role.Admin)]
    public override async Task<V1.DeleteDatasetResponse> DeleteDataset(V1.DeleteDatasetRequest request, ServerCallContext context)
    {
        await deletion.DeleteAsync(Named(request.Name), request.AllowMissing, context.CancellationToken);
        return new();
    }

    private Task<Dataset> RegisterAsync(V1.RegisterDatasetRequest request, RegistrationProgress progress, ServerCallContext context) =>
        registration.RegisterAsync(request, progress, context.CancellationToken);

    private static string Named(string name) => name.Length > 0
        ? name
        : throw RefusedException.InvalidField("name", "is empty; give the name of a registered dataset.");
}
